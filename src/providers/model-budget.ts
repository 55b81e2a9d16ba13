import type { ModelTarget } from './model-directory';
import type { ChatRequest, RawChatRequest, Usage } from './provider';
import type { CallOutcome } from './providers.events';

/** On whose behalf a model is asked; for the books, never sent to a host. */
export interface Caller {
  /** A principal's id. */
  owner: string;
  /** The door or room the call comes from, such as `api_chat`. */
  door: string;
  sessionId?: string;
  /** The run of a cron job or of another piece of work that makes several calls. */
  runId?: string;
}

/** A call as it is meant, before anybody is asked. */
export interface PlannedCall {
  target: ModelTarget;
  request: Omit<ChatRequest, 'model'> | RawChatRequest;
  /** Tokens of the answer at the most, where that is known. */
  maxTokens?: number;
  caller: Caller | undefined;
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
  /** False when the caller asked for exactly this model. */
  mayReroute: boolean;
}

/** How one try at a host ended. */
export interface CallEnd {
  outcome: CallOutcome;
  /** The host had begun to answer; then it was the last try. */
  answered: boolean;
  /** Undefined when the host stated none. */
  usage: Usage | undefined;
  /** Roughly how many characters of text were received. */
  written: number;
}

/** The place of one call in the books, from before the first try to after the last. */
export interface Booking {
  /** Whom to ask: the planned model, or a cheaper one where that is allowed. */
  readonly target: ModelTarget;
  ended(end: CallEnd): void;
  /** No try has succeeded and none will follow. */
  release(): void;
}

/** What the calls of the models room may cost. Implemented by the cost room, which hangs itself into `ModelsService.useBudget`. */
export abstract class ModelBudget {
  /**
   * Undefined, at once, while nothing is counted. A promise only where the budget may refuse: it rejects with an AppError `cost.*`,
   * or with the signal's reason.
   */
  abstract book(call: PlannedCall): Booking | Promise<Booking> | undefined;
}
