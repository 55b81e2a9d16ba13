import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';

const FAILURES_UNTIL_LOCKED = 3;
const LOCKED_MS = 5 * 60_000;
/** A client that stays away this long starts from zero. */
const FORGET_MS = 15 * 60_000;
const MAX_CLIENTS = 10_000;

interface Attempts {
  failures: number;
  lockedUntil: number;
  lastAt: number;
}

/**
 * Failed pairing attempts per client: three of them lock the client out for five minutes, also for the right code.
 * An attempt counts from its beginning, so that many sent at once get no more tries than one after the other.
 * Bounded: the least recently active client makes room.
 */
@Injectable()
export class FailedAttempts {
  /** In order of activity, the longest idle first. */
  private readonly clients = new Map<string, Attempts>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.clients.size;
  }

  /** Counts an attempt and returns 0, or returns the seconds for which the client is still locked out. */
  begin(client: string): number {
    const now = this.clock.now();
    const known = this.clients.get(client);
    if (known && now < known.lockedUntil) return Math.max(1, Math.ceil((known.lockedUntil - now) / 1000));
    const expired = !known || known.lockedUntil > 0 || now - known.lastAt >= FORGET_MS;
    const failures = (expired ? 0 : known.failures) + 1;
    const lockedUntil = failures >= FAILURES_UNTIL_LOCKED ? now + LOCKED_MS : 0;
    this.clients.delete(client);
    this.clients.set(client, { failures, lockedUntil, lastAt: now });
    this.makeRoom();
    return 0;
  }

  /** The attempt was right: only this client's counter is cleared. */
  forgive(client: string): void {
    this.clients.delete(client);
  }

  /** The attempt could not be judged, for a reason that is not the client's. */
  withdraw(client: string): void {
    const known = this.clients.get(client);
    if (!known) return;
    known.failures -= 1;
    known.lockedUntil = 0;
  }

  private makeRoom(): void {
    if (this.clients.size <= MAX_CLIENTS) return;
    const [oldest] = this.clients.keys();
    if (oldest !== undefined) this.clients.delete(oldest);
  }
}
