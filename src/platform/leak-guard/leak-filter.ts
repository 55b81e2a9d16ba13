import type { KnownSecrets } from './known-secrets';
import type { LeakGuardConfig } from './leak-guard.config';
import { redactLeaks } from './leak-patterns';
import { openLeakAt } from './open-leak';

/** Longer than any key block or token; text that is held back beyond it is judged as it stands. */
const MAX_HELD = 16_384;

const WITHHELD =
  'This answer was withheld because it contained credentials. Ask again for a version without keys, passwords or tokens.';

/**
 * Takes credentials out of a stream of text. Holds back only the unfinished word at the end (or a started key block or assignment),
 * so that a credential that is split over pieces is still caught and other text passes at once. With `action = "block"` nothing passes before the end.
 */
export class LeakFilter {
  private held = '';

  constructor(
    private readonly config: Readonly<LeakGuardConfig>,
    private readonly secrets: KnownSecrets,
  ) {}

  push(piece: string): string {
    if (!this.config.enabled) return piece;
    this.held += piece;
    if (this.config.action === 'block') return '';
    // At once, because one that has blanks in it would be cut where its last word begins.
    this.held = this.secrets.redact(this.held);
    const open = openLeakAt(this.held, this.secrets.openAt(this.held));
    return this.release(this.held.length - open > MAX_HELD ? this.held.length : open);
  }

  end(): string {
    if (this.config.enabled && this.config.action === 'block') {
      const clean = this.clean(this.held);
      return clean === this.held ? this.held : WITHHELD;
    }
    return this.release(this.held.length);
  }

  private release(end: number): string {
    if (end === 0) return '';
    const text = this.clean(this.held.slice(0, end));
    this.held = this.held.slice(end);
    return text;
  }

  private clean(text: string): string {
    return redactLeaks(this.secrets.redact(text), this.config.sensitivity);
  }
}
