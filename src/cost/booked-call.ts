import { randomUUID } from 'node:crypto';
import type { Booking, CallEnd, PlannedCall } from '../providers/model-budget';
import type { ModelTarget } from '../providers/models.service';
import { estimateInput, lengthWish } from './token-estimate';

/** A try that was made, before it has a price. */
export interface MadeCall {
  id: string;
  call: BookedCall;
  end: CallEnd;
}

/** Where a booked call reports. */
export interface CallSink {
  made(made: MadeCall): void;
  closed(call: BookedCall): void;
}

/** Failures after which the host may have worked, and charges, although nothing came of it. */
const MAYBE_CHARGED: ReadonlySet<string> = new Set(['timeout', 'aborted', 'cut']);

/** One call in the books: open from before its first try until the answer has ended or no try is left. */
export class BookedCall implements Booking {
  readonly id = randomUUID();
  /** Its reservation is in the database. */
  reserved = false;
  private question: { inputTokens: number; wish: number | undefined } | undefined;
  /** Input tokens that the budget counted on; 0 where it was not asked. */
  expectedInput = 0;
  private open = true;

  constructor(
    readonly planned: PlannedCall,
    readonly startedAt: number,
    private readonly sink: CallSink,
    public target: ModelTarget = planned.target,
  ) {}

  /** Roughly. */
  get inputTokens(): number {
    return this.measured.inputTokens;
  }

  /** Tokens of the answer at the most, where somebody has set a limit. */
  get maxTokens(): number | undefined {
    return this.planned.maxTokens ?? this.measured.wish;
  }

  ended(end: CallEnd): void {
    if (!this.open) return;
    if (end.answered) {
      this.close();
      this.sink.made({ id: this.id, call: this, end });
    } else if (MAYBE_CHARGED.has(end.outcome)) {
      // The reservation stays for the next try, so this one is booked under an id of its own.
      this.sink.made({ id: randomUUID(), call: this, end });
    }
  }

  release(): void {
    if (this.open) this.close();
  }

  /** Once, also when the call is asked for again and again while it waits. */
  private get measured() {
    const { request } = this.planned;
    this.question ??= { inputTokens: estimateInput(request), wish: lengthWish(request) };
    return this.question;
  }

  private close(): void {
    this.open = false;
    this.sink.closed(this);
  }
}
