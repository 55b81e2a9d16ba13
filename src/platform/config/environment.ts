import { readFileSync } from 'node:fs';
import type { KeyShape } from './key-shape';
import type { KeyOptions } from './section';

const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;

/**
 * The environment variables that override keys. An empty variable counts as absent, and `<NAME>_FILE` names a file that holds a secret.
 * The generic PORT is taken as ZEROCLAW_GATEWAY_PORT only when ZEROCLAW_USE_PORT says so.
 */
export class EnvironmentReader {
  private readonly notes = new Set<string>();

  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  get warnings(): string[] {
    return [...this.notes];
  }

  read(options: KeyOptions, shape: KeyShape): { name: string; text: string } | undefined {
    for (const name of names(options.env)) {
      const text = this.text(name, options) ?? this.generic(name);
      if (!text) continue;
      if (shape.type === 'integer' && SERVICE_LINK.test(text)) {
        this.notes.add(
          `${name}=${text} is ignored: Kubernetes sets it for a Service of that name; enableServiceLinks: false avoids it`,
        );
        continue;
      }
      return { name, text };
    }
    return undefined;
  }

  private text(name: string, options: KeyOptions): string | undefined {
    const text = this.env[name];
    const file = this.env[`${name}_FILE`];
    if (text || !options.secret || !file) return text;
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      this.notes.add(`${name}_FILE is ignored: ${(error as Error).message}`);
      return undefined;
    }
  }

  private generic(name: string): string | undefined {
    const wanted = name === 'ZEROCLAW_GATEWAY_PORT' && /^(1|true|yes|on)$/i.test(this.env['ZEROCLAW_USE_PORT'] ?? '');
    return wanted ? this.env['PORT'] : undefined;
  }
}

function names(env: string | string[] | undefined): string[] {
  return env === undefined ? [] : [env].flat();
}
