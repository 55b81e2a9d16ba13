import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { EventBus } from '../events/event-bus';
import { GatewayConfig } from '../http/gateway.config';
import type { Answer } from './answer';
import { ClaimLeases } from './claim-leases';
import type { IdempotencyOutcome } from './idempotency.events';
import type { Claim } from './idempotency.store';
import { IdempotencyStore } from './idempotency.store';

/** Room for a row to vanish between a lost claim and the look at who holds it. */
const ATTEMPTS = 3;

/** Decides for each key: run the request, repeat its first answer, or refuse it. Every decision is announced. */
@Injectable()
export class KeyRegister {
  private readonly logger = new Logger(KeyRegister.name);

  constructor(
    private readonly store: IdempotencyStore,
    private readonly leases: ClaimLeases,
    private readonly clock: Clock,
    private readonly config: ConfigService,
    private readonly events: EventBus,
  ) {}

  /** A claim: run the request, then `complete` or `release` it. An answer: the first one, to be repeated. Rejects with 409 or 422. */
  async enter(scope: string, requestHash: string): Promise<{ claim: Claim } | { answer: Answer }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const claim = { scope, id: randomUUID() };
      if (await this.store.claim(claim, requestHash, this.clock.now(), this.leases.until())) {
        this.leases.hold(claim);
        return { claim };
      }
      const holder = await this.store.find(scope);
      if (holder) return { answer: this.answerOf(holder.requestHash === requestHash, holder.answer) };
    }
    throw this.inFlight();
  }

  /** Keeps the answer; never rejects: an answer that could not be kept still goes out, and its key is free again. */
  async complete(claim: Claim, answer: Answer): Promise<void> {
    const until = this.clock.now() + this.config.get(GatewayConfig).idempotency_ttl_secs * 1000;
    try {
      if (await this.store.complete(claim, answer, until)) {
        this.leases.letGo(claim);
        this.announce('stored');
        return;
      }
      this.logger.warn('an answer was not kept: its claim had lapsed');
    } catch (error) {
      this.logger.error({ err: error }, 'an answer could not be kept for its idempotency key');
    }
    await this.release(claim);
  }

  /** Frees the key for the next attempt; never rejects. */
  async release(claim: Claim): Promise<void> {
    this.leases.letGo(claim);
    try {
      await this.store.release(claim);
    } catch (error) {
      this.logger.error({ err: error }, 'an idempotency key could not be freed, it stays locked until its lease ends');
    }
    this.announce('released');
  }

  private answerOf(isSameRequest: boolean, answer: Answer | undefined): Answer {
    if (!isSameRequest) {
      this.announce('mismatch');
      throw new AppError(
        422,
        'idempotency.key_reused',
        'This idempotency key was used for another request: send the same body again, or use a new key',
      );
    }
    if (!answer) throw this.inFlight();
    this.announce('replayed');
    return answer;
  }

  private inFlight(): AppError {
    this.announce('in_flight');
    return new AppError(
      409,
      'idempotency.in_flight',
      'The first request with this idempotency key is still running: try again in a moment to get its answer',
      { retryAfter: 1 },
    );
  }

  private announce(outcome: IdempotencyOutcome): void {
    this.events.emit('idempotency.outcome', { outcome });
  }
}
