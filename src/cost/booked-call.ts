import { randomUUID } from 'node:crypto';
import type { Booking, Caller, CallEnd, PlannedCall } from '../providers/model-budget';
import type { ModelTarget } from '../providers/models.service';
import type { Usage } from '../providers/provider';
import { estimateInput, estimateOutput, lengthWish } from './token-estimate';

/** A call that was made, before it has a price. Holds nothing of what was said. */
export interface MadeCall {
  id: string;
  startedAt: number;
  target: ModelTarget;
  caller: Caller | undefined;
  usage: Usage;
  /** The host has counted; otherwise the usage is our estimate. */
  counted: boolean;
  /** Input tokens that the budget counted on, for a call that went to its end; 0 otherwise. */
  expectedInput: number;
  /** Money is set aside for it. */
  reserved: boolean;
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
  /** Input tokens that the budget counted on; 0 where it was not asked. */
  expectedInput = 0;
  /** Without what is said in it, and to whom. */
  readonly planned: Omit<PlannedCall, 'request' | 'signal'>;
  target: ModelTarget;
  private open = true;
  /** Let go at the end: whoever still knows the call by then shall not keep a conversation in memory. */
  private request: PlannedCall['request'] | undefined;
  private question: { inputTokens: number; wish: number | undefined } | undefined;

  constructor(
    { request, signal: _signal, ...planned }: PlannedCall,
    readonly startedAt: number,
    private readonly sink: CallSink,
  ) {
    this.planned = planned;
    this.target = planned.target;
    this.request = request;
  }

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
      const made = this.made(this.id, end);
      this.close();
      this.sink.made(made);
    } else if (MAYBE_CHARGED.has(end.outcome)) {
      // The reservation stays for the next try, so this one is booked under an id of its own.
      this.sink.made(this.made(randomUUID(), end));
    }
  }

  release(): void {
    if (this.open) this.close();
  }

  private close(): void {
    this.open = false;
    this.request = undefined;
    this.sink.closed(this);
  }

  private made(id: string, end: CallEnd): MadeCall {
    const { startedAt, target, reserved, planned } = this;
    const usage = sound(end.usage);
    return {
      id,
      startedAt,
      target,
      caller: planned.caller,
      usage: usage ?? this.guess(end),
      counted: usage !== undefined,
      // What broke off teaches nothing about calls that go to their end.
      expectedInput: end.outcome === 'ok' ? this.expectedInput : 0,
      reserved,
    };
  }

  private guess({ answered, written }: CallEnd): Usage {
    return { inputTokens: this.inputTokens, outputTokens: answered ? estimateOutput(written) : 0 };
  }

  /** Once, also when the call is asked about again and again while it waits. */
  private get measured() {
    if (this.request) {
      this.question ??= { inputTokens: estimateInput(this.request), wish: lengthWish(this.request) };
    }
    return this.question ?? { inputTokens: 0, wish: undefined };
  }
}

/** Hosts state whole numbers; anything else would spoil the sums. */
function sound(usage: Usage | undefined): Usage | undefined {
  if (!usage) return undefined;
  const counts = [usage.inputTokens, usage.outputTokens, usage.cachedInputTokens ?? 0, usage.reasoningTokens ?? 0];
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0 && count < 1e9) ? usage : undefined;
}
