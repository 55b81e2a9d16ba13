import type {
  ChatMessage,
  FinishReason,
  ResponseFormat,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  Usage,
} from '../providers/provider';

/** The door a turn came through. Also a metric label, so the set is closed. */
export type Door = 'webhook' | 'api_chat' | 'openai' | 'mcp' | 'ws' | 'session' | 'cron' | 'channel';

/** Sampling wishes of the caller; everything left out takes the configured default. */
export interface TurnOptions {
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  stop?: string[];
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseFormat?: ResponseFormat;
  reasoningEffort?: string;
  parallelToolCalls?: boolean;
  /** An opaque end-user id for the upstream's abuse detection. */
  user?: string;
}

/** Why a turn ended before the model was done; its answer says so in a sentence of its own. */
export type TurnStop =
  | 'max_tool_iterations'
  | 'max_turn_tokens'
  | 'turn_timeout'
  | 'idle_timeout'
  /** It went in circles and did not heed the warning. */
  | 'loop'
  /** The answer was cut by the longest output, also after it was continued. */
  | 'max_output';

/** A call of a tool that waits for a person's decision at `POST /api/approvals/:id`. */
export interface PendingApproval {
  id: string;
  tool: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** One thing said to the agent. */
export interface TurnRequest {
  /** The id of its run, where the door has to tell it before the turn begins; left out, the run gets one. */
  runId?: string;
  door: Door;
  /** Who speaks; sessions are private to it. */
  owner: string;
  /** With a session the earlier turns are sent along and this one is kept; without one nothing is kept. One turn runs at a time per session. */
  sessionId?: string;
  /** What is new: usually one user message; `/v1` brings its whole conversation (and tool results). */
  messages: ChatMessage[];
  /** `agent`: the tool loop. `none`: one model call without tools. */
  mode: 'agent' | 'none';
  /** Others than the owner read the answer: only what was said in this session is recalled. */
  audience?: 'public';
  /** Tools that the caller runs itself: when the model asks for one, the turn ends with `finishReason: 'tool_calls'`. */
  clientTools?: ToolDefinition[];
  toolChoice?: ToolChoice;
  options?: TurnOptions;
  /**
   * The same each time this very turn is run, for turns that are run again when a process dies: what a session keeps under it, it keeps once,
   * and `SessionsService.answerOf` finds the answer.
   */
  turnKey?: string;
  /** 2 and more when its process died and it is begun anew; its events are numbered on from another million then. */
  attempt?: number;
  /** The words that the memory keeps of this turn, when they are not simply the last user message; empty for none. */
  remember?: string;
  /** Whoever asked sees events as they come, so a call may wait for a person's approval. Otherwise the answer names the approval. */
  canWait?: boolean;
  /** The door answers in one piece: the model is not asked to stream, and text comes once per model call. Costs a fraction. */
  whole?: boolean;
}

/** How a turn ends well. */
export type DoneEvent = Extract<TurnEvent, { type: 'done' }>;

/**
 * A turn as it happens. Ends with exactly one `done`, or one `error` (an AppError) that is also the last event;
 * text that was already sent stays valid after an `error`.
 * `usage` comes once per model call; `done.usage` is the sum.
 */
export type TurnEvent =
  | {
      type: 'text';
      text: string;
      /** `provider/model` that says it. */
      model: string;
    }
  | { type: 'tool_call'; id: string; name: string; arguments: string }
  | { type: 'tool_result'; id: string; name: string; success: boolean; output: string }
  /** The call waits; its result follows when somebody has decided, or nobody has in time. Only with `canWait`. */
  | ({ type: 'approval' } & PendingApproval)
  | { type: 'usage'; usage: Usage; model: string; provider: string }
  | {
      type: 'done';
      text: string;
      /** `provider/model` that answered. */
      model: string;
      usage: Usage;
      finishReason: FinishReason;
      /** Set when a limit ended the turn; `finishReason` is `length` then. */
      stopped?: TurnStop;
      /** Calls that still wait for a person, because the door could not. */
      approvals?: PendingApproval[];
      /** Calls of client tools, when `finishReason` is `tool_calls`. */
      toolCalls?: ToolCall[];
    }
  | ErrorEvent;

/** What happens between the beginning and the end of a turn. */
export type TurnProgress = Exclude<TurnEvent, DoneEvent | ErrorEvent>;

export interface ErrorEvent {
  type: 'error';
  error: Error;
}
