import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';

const WINDOW_MS = 60 * 60_000;
/** Wrong codes from all clients together within the window until every code is replaced. */
export const GUESSES_PER_HOUR = 100;

/**
 * Wrong codes over all clients. The lockout stops one address; this stops many addresses that guess together:
 * when the budget is spent the codes they were guessing at are worth nothing.
 */
@Injectable()
export class GuessBudget {
  private startedAt = 0;
  private guesses = 0;

  constructor(private readonly clock: Clock) {}

  /** Counts a wrong code; true when it was the one that used the budget up (a new one begins then). */
  spend(): boolean {
    const now = this.clock.now();
    if (now - this.startedAt >= WINDOW_MS) {
      this.startedAt = now;
      this.guesses = 0;
    }
    this.guesses += 1;
    if (this.guesses < GUESSES_PER_HOUR) return false;
    this.guesses = 0;
    return true;
  }
}
