import { readFileSync } from 'node:fs';
import type { KeyShape } from './key-shape';
import type { KeyOptions } from './section';

const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;

export type EnvironmentValue =
  | { name: string; text: string; failure?: never }
  /** The file that `<NAME>_FILE` names cannot be read. */
  | { name: string; text?: never; failure: string };

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

  read(options: KeyOptions, shape: KeyShape): EnvironmentValue | undefined {
    for (const name of [options.env ?? []].flat()) {
      const found = this.find(name, options);
      if (!found) continue;
      if (shape.type !== 'integer' || !SERVICE_LINK.test(found.text ?? '')) return found;
      this.notes.add(
        `${name}=${found.text} is ignored: Kubernetes sets it for a Service of that name; enableServiceLinks: false avoids it`,
      );
    }
    return undefined;
  }

  private find(name: string, options: KeyOptions): EnvironmentValue | undefined {
    const text = this.env[name] || this.generic(name);
    if (text) return { name, text };
    const file = options.secret ? this.env[`${name}_FILE`] : undefined;
    if (!file) return undefined;
    try {
      return { name, text: readFileSync(file, 'utf8').trim() };
    } catch (error) {
      return { name: `${name}_FILE`, failure: (error as Error).message };
    }
  }

  private generic(name: string): string | undefined {
    const wanted = name === 'ZEROCLAW_GATEWAY_PORT' && /^(1|true|yes|on)$/i.test(this.env['ZEROCLAW_USE_PORT'] ?? '');
    return wanted ? this.env['PORT'] : undefined;
  }
}
