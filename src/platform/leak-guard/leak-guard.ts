import { Injectable } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { KnownSecrets } from './known-secrets';
import { LeakFilter } from './leak-filter';
import { LeakGuardConfig } from './leak-guard.config';
import { redactLeaks } from './leak-patterns';

/**
 * Keeps credentials inside: well-known formats, assigned and random-looking secrets, and every secret of this gateway's own configuration.
 * Follows `[security.outbound_leak_guard]` as it is at each call.
 */
@Injectable()
export class LeakGuard {
  constructor(private readonly config: ConfigService) {}

  /** One finished piece of text, such as the output of a tool, with a mark in place of each credential. */
  redact(text: string): string {
    const { enabled, sensitivity } = this.config.get(LeakGuardConfig);
    if (!enabled) return text;
    return redactLeaks(this.secrets.redact(text), sensitivity);
  }

  /** The same for a text that is JSON, which it still is afterwards; one that is none is taken as plain text. */
  redactJson(text: string): string {
    const clean = this.redact(text);
    if (clean === text || !isJson(text) || isJson(clean)) return clean;
    // A mark has swallowed an escape: then string by string.
    const revive = (_: string, value: unknown) => (typeof value === 'string' ? this.redact(value) : value);
    return JSON.stringify(JSON.parse(text, revive));
  }

  /** For one stream of text. */
  filter(): LeakFilter {
    return new LeakFilter(this.config.get(LeakGuardConfig), this.secrets);
  }

  private get secrets(): KnownSecrets {
    return KnownSecrets.of(this.config.secretValues());
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
