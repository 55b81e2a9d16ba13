import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { AppError } from '../platform/errors/app-error';
import type { PlannedCall } from '../providers/model-budget';
import { BookedCall } from './booked-call';
import { BudgetJudge } from './budget-judge';
import type { Ruling } from './budget-judge';
import { CostBooks } from './cost-books';
import type { ReservationRow } from './cost.tables';
import type { BudgetState } from './reservation.repository';
import { ReservationRepository } from './reservation.repository';
import { UsageRows } from './usage-rows';

/** Calls of other processes end without telling this one. */
const LOOK_AGAIN_MS = 200;
const LONGEST_WAIT_MS = 30_000;

interface Waiter {
  call: BookedCall;
  /** By `performance.now()`, which a changed clock does not move. */
  until: number;
  resolve(call: BookedCall): void;
  reject(error: unknown): void;
}

/**
 * Lets calls through while the budgets have room for them. All calls that have arrived are decided about in one transaction, with their
 * reservations written, so a hundred at once cost little more than one. Those that have to wait are asked again when a call has ended.
 */
@Injectable()
export class BudgetGate {
  private readonly logger = new Logger(BudgetGate.name);
  private readonly waiting = new Set<Waiter>();
  private deciding = false;
  private askedAgain = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly reservations: ReservationRepository,
    private readonly judge: BudgetJudge,
    private readonly books: CostBooks,
    private readonly rows: UsageRows,
    private readonly clock: Clock,
  ) {
    books.onSettled = () => this.decide();
  }

  /** Calls that wait. */
  get queued(): number {
    return this.waiting.size;
  }

  /** Rejects with `cost.budget_exceeded`, `cost.budget_busy`, `cost.unavailable`, or the signal's reason. */
  async admit(planned: PlannedCall): Promise<BookedCall> {
    const { signal } = planned;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<BookedCall>();
    const call = new BookedCall(planned, this.clock.now(), this.books);
    const waiter: Waiter = { call, until: performance.now() + LONGEST_WAIT_MS, resolve, reject };
    const leave = () => this.waiting.delete(waiter) && reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    this.waiting.add(waiter);
    this.decide();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private decide(): void {
    clearTimeout(this.timer);
    this.askedAgain = true;
    if (this.deciding || this.waiting.size === 0) return;
    this.deciding = true;
    void this.rounds().finally(() => {
      this.deciding = false;
      if (this.waiting.size > 0) this.timer = setTimeout(() => this.decide(), LOOK_AGAIN_MS);
    });
  }

  private async rounds(): Promise<void> {
    while (this.askedAgain && this.waiting.size > 0) {
      this.askedAgain = false;
      const asked = [...this.waiting];
      try {
        for (const [waiter, ruling] of await this.round(asked)) this.apply(waiter, ruling);
      } catch (error) {
        this.logger.error({ err: error }, 'the budgets could not be read');
        for (const waiter of asked) this.refuse(waiter, unavailable(error));
      }
    }
  }

  /** Reservations are in the database when this resolves. */
  private async round(asked: readonly Waiter[]): Promise<Map<Waiter, Ruling>> {
    const rulings = new Map<Waiter, Ruling>();
    const lease = this.books.lease();
    await this.judge.prepare(asked.map(({ call }) => call));
    await this.reservations.admit(this.clock.now(), (state) => {
      const admitted: ReservationRow[] = [];
      for (const waiter of asked) {
        const ruling = this.judge.rule(state, waiter.call);
        rulings.set(waiter, ruling);
        if (ruling.kind !== 'admit') continue;
        const { call } = waiter;
        call.target = ruling.target;
        call.expectedInput = ruling.forecast.inputTokens;
        admitted.push(this.rows.reservation(call, lease, ruling.forecast, ruling.amount));
        setAside(state, ruling);
      }
      return admitted;
    });
    return rulings;
  }

  private apply(waiter: Waiter, ruling: Ruling): void {
    const { call } = waiter;
    const isGone = !this.waiting.has(waiter);
    if (ruling.kind === 'admit') {
      call.reserved = true;
      this.books.follow(call);
      this.waiting.delete(waiter);
      // Its caller left while the reservation was being written.
      if (isGone) return call.release();
      waiter.resolve(call);
    } else if (ruling.kind === 'refuse') {
      this.refuse(waiter, ruling.error);
    } else if (performance.now() > waiter.until) {
      this.refuse(waiter, busy());
    }
    if (!isGone && ruling.kind !== 'wait') this.judge.announce(ruling, call);
  }

  private refuse(waiter: Waiter, error: AppError): void {
    if (this.waiting.delete(waiter)) waiter.reject(error);
  }
}

function setAside(state: BudgetState, { target, amount }: Extract<Ruling, { kind: 'admit' }>): void {
  state.reserved += amount;
  state.running.add(`${target.provider.id}/${target.model}`);
}

function busy(): AppError {
  const message = 'What is left of the budget is set aside for calls that are running; try again when they have ended';
  return new AppError(429, 'cost.budget_busy', message, { retryAfter: 5 });
}

function unavailable(cause: unknown): AppError {
  const message = 'The budget could not be read, and without it no model is asked; try again, or look into the log';
  return new AppError(503, 'cost.unavailable', message, { retryAfter: 5, cause });
}
