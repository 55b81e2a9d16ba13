import type { LeakGuardConfig } from './leak-guard.config';
import { redactLeaks } from './leak-patterns';
import { openLeakAt } from './open-leak';

/** Longer than any key block or token; text that is held back beyond it is judged as it stands. */
const MAX_HELD = 16_384;

const WITHHELD =
  'This answer was withheld because it contained credentials. Ask again for a version without keys, passwords or tokens.';

/** One finished piece of text, such as the output of a tool, without its credentials. */
export function redact(text: string, { enabled, sensitivity }: Readonly<LeakGuardConfig>): string {
  return enabled ? redactLeaks(text, sensitivity) : text;
}

/**
 * Takes credentials out of a stream of text. Holds back only the unfinished word at the end (or a started key block or assignment),
 * so that a credential that is split over pieces is still caught and other text passes at once. With `action = "block"` nothing passes before the end.
 */
export class LeakFilter {
  private held = '';

  constructor(private readonly config: Readonly<LeakGuardConfig>) {}

  push(piece: string): string {
    if (!this.config.enabled) return piece;
    this.held += piece;
    if (this.config.action === 'block') return '';
    const open = openLeakAt(this.held);
    return this.release(this.held.length - open > MAX_HELD ? this.held.length : open);
  }

  end(): string {
    if (this.config.enabled && this.config.action === 'block') {
      const clean = redactLeaks(this.held, this.config.sensitivity);
      return clean === this.held ? this.held : WITHHELD;
    }
    return this.release(this.held.length);
  }

  private release(end: number): string {
    if (end === 0) return '';
    const text = redactLeaks(this.held.slice(0, end), this.config.sensitivity);
    this.held = this.held.slice(end);
    return text;
  }
}
