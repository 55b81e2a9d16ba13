import type { AppError } from '../../platform/errors/app-error';
import type { Usage } from '../../providers/provider';
import type { TurnOutcome } from '../agent.events';
import type { Door, TurnRequest } from '../turn';
import type { Run, RunError, RunEvent, RunFrame, RunStatus } from './run';

/** What a frame takes beside its text, roughly. */
const FRAME_BYTES = 160;
/** More than one attempt at a turn ever has. */
const SEQS_PER_ATTEMPT = 1_000_000;
/** What a run takes beside its frames, roughly. */
const RUN_BYTES = 600;

/** A turn with the id of its run. */
export type RunningTurn = TurnRequest & { runId: string };

/** Bytes of events that are kept, of one run and of all. */
export interface RunLimits {
  run: number;
  all: number;
}

export type CancelTurn = (reason: AppError) => void;

/** How a turn ended and what it took. */
export interface TurnEnd {
  outcome: TurnOutcome;
  /** Set when it ended without an answer. */
  error: RunError | undefined;
  /** `provider/model` that answered last; undefined when none did. */
  model: string | undefined;
  usage: Usage;
}

/** One run of this process with its newest frames. Only `RunLog` writes to it. */
export class RecordedRun {
  status: RunStatus = 'running';
  finishedAt: number | undefined;
  model: string | undefined;
  usage: Usage | undefined;
  error: RunError | undefined;
  lastSeq: number;
  /** Memory that it takes, roughly. */
  bytes = RUN_BYTES;
  /** Told of every new frame and of the end. */
  followers: Set<() => void> | undefined;
  /** For `SessionKey`s as text; undefined without a session. */
  readonly sessionKey: string | undefined;
  readonly id: string;
  readonly door: Door;
  readonly owner: string;
  readonly sessionId: string | undefined;
  private kept: RunFrame[] = [];

  private stopping = false;
  private readonly tick = performance.now();
  private forgotten = false;
  /** Let go at the end, for the turn holds on to its client and all that was said: a run is kept for minutes. */
  private stop: CancelTurn | undefined;

  /** @param stop ends the turn with this reason */
  constructor(
    { runId, door, owner, sessionId, attempt = 1 }: RunningTurn,
    readonly startedAt: number,
    readonly limits: RunLimits,
    stop: CancelTurn,
  ) {
    this.id = runId;
    this.door = door;
    this.owner = owner;
    this.sessionId = sessionId;
    this.stop = stop;
    this.lastSeq = (attempt - 1) * SEQS_PER_ATTEMPT;
    if (sessionId !== undefined) this.sessionKey = sessionKeyOf(owner, sessionId);
  }

  /** Milliseconds since it began. */
  get age(): number {
    return performance.now() - this.tick;
  }

  get running(): boolean {
    return this.status === 'running';
  }

  /** The oldest frame after `seq`; undefined while there is none. */
  frameAfter(seq: number): RunFrame | undefined {
    return this.kept[Math.max(0, seq + 1 - this.firstSeq)];
  }

  /** Frames after `seq` have been forgotten. */
  hasForgotten(seq: number): boolean {
    return this.forgotten && seq + 1 < this.firstSeq;
  }

  private get firstSeq(): number {
    return this.lastSeq - this.kept.length + 1;
  }

  add(event: RunEvent, at: number): RunFrame {
    const frame = { runId: this.id, seq: ++this.lastSeq, at, event };
    this.kept.push(frame);
    this.bytes += bytesOf(event);
    return frame;
  }

  /** Ends the turn, if it has not ended, with this reason. */
  cancel(reason: AppError): void {
    this.stop?.(reason);
  }

  /** Ends the turn because the process stops. */
  interrupt(reason: AppError): void {
    if (!this.running) return;
    this.stopping = true;
    this.cancel(reason);
  }

  finish({ outcome, model, usage, error }: TurnEnd, at: number): void {
    this.stop = undefined;
    this.finishedAt = at;
    this.model = model;
    this.usage = usage;
    this.error = error;
    if (error === undefined) this.status = 'completed';
    else if (outcome !== 'cancelled') this.status = 'failed';
    else this.status = this.stopping ? 'interrupted' : 'cancelled';
  }

  /** Forgets the older half of its frames; the newest always stays. */
  forgetOld(): void {
    const gone = this.kept.splice(0, this.kept.length >> 1);
    this.forgotten ||= gone.length > 0;
    for (const { event } of gone) this.bytes -= bytesOf(event);
  }

  get run(): Run {
    const { door, owner, sessionId } = this;
    return {
      id: this.id,
      door,
      owner,
      sessionId,
      status: this.status,
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      model: this.model,
      usage: this.usage,
      ...(this.error && { error: this.error }),
      lastSeq: this.lastSeq,
    };
  }
}

/** One text per session; no owner contains a line break. */
export function sessionKeyOf(owner: string, id: string): string {
  return `${owner}\n${id}`;
}

function bytesOf(event: RunEvent): number {
  switch (event.type) {
    case 'text':
    case 'done':
      return FRAME_BYTES + event.text.length;
    case 'user_message':
      return FRAME_BYTES + event.content.length;
    case 'tool_call':
      return FRAME_BYTES + event.arguments.length;
    case 'tool_result':
      return FRAME_BYTES + event.output.length;
    default:
      return FRAME_BYTES;
  }
}
