import { Clock } from '../../src/platform/clock';

/** A clock that the test moves. */
export class TestClock extends Clock {
  constructor(private time = Date.UTC(2026, 0, 1)) {
    super();
  }

  override now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}
