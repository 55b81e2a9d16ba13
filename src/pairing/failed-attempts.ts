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
 * Bounded: the least recently active client makes room.
 */
@Injectable()
export class FailedAttempts {
  /** In order of activity, the longest idle first. */
  private readonly clients = new Map<string, Attempts>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.clients.size;
  }

  /** Judges one attempt of a client after the other, so that many sent at once get no more tries. */
  async inTurn<T>(client: string, attempt: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(client) ?? Promise.resolve()).then(attempt);
    const over = turn.catch(() => undefined);
    this.turns.set(client, over);
    try {
      return await turn;
    } finally {
      if (this.turns.get(client) === over) this.turns.delete(client);
    }
  }

  /** Seconds for which the client is still locked out; 0 when it may try. */
  lockedFor(client: string): number {
    const remaining = (this.clients.get(client)?.lockedUntil ?? 0) - this.clock.now();
    return remaining > 0 ? Math.ceil(remaining / 1000) : 0;
  }

  fail(client: string): void {
    const now = this.clock.now();
    const known = this.clients.get(client);
    const expired = !known || known.lockedUntil > 0 || now - known.lastAt >= FORGET_MS;
    const failures = (expired ? 0 : known.failures) + 1;
    const lockedUntil = failures >= FAILURES_UNTIL_LOCKED ? now + LOCKED_MS : 0;
    this.clients.delete(client);
    this.clients.set(client, { failures, lockedUntil, lastAt: now });
    this.makeRoom();
  }

  /** Only this client's failures are forgotten. */
  forgive(client: string): void {
    this.clients.delete(client);
  }

  private makeRoom(): void {
    if (this.clients.size <= MAX_CLIENTS) return;
    const [oldest] = this.clients.keys();
    if (oldest !== undefined) this.clients.delete(oldest);
  }
}
