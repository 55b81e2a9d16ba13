import type {
  ChatMessage,
  FinishReason,
  ResponseFormat,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  Usage,
} from '../providers/provider';

/** The door a turn came through. Also a metric label, so the set is closed; channels and cron add theirs. */
export type Door = 'webhook' | 'api_chat' | 'openai';

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

/** One thing said to the agent. */
export interface TurnRequest {
  door: Door;
  /** Who speaks; sessions are private to it. */
  owner: string;
  /** With a session the earlier turns are sent along and this one is kept; without one nothing is kept. One turn runs at a time per session. */
  sessionId?: string;
  /** What is new: usually one user message; `/v1` brings its whole conversation (and tool results). */
  messages: ChatMessage[];
  /** `agent`: the tool loop. `none`: one model call without tools. */
  mode: 'agent' | 'none';
  /** Tools that the caller runs itself: when the model asks for one, the turn ends with `finishReason: 'tool_calls'`. */
  clientTools?: ToolDefinition[];
  toolChoice?: ToolChoice;
  options?: TurnOptions;
  /** The door answers in one piece: the model is not asked to stream, and text comes once per model call. Costs a fraction. */
  whole?: boolean;
}

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
  | { type: 'usage'; usage: Usage; model: string; provider: string }
  | {
      type: 'done';
      text: string;
      /** `provider/model` that answered. */
      model: string;
      usage: Usage;
      finishReason: FinishReason;
      /** Calls of client tools, when `finishReason` is `tool_calls`. */
      toolCalls?: ToolCall[];
    }
  | { type: 'error'; error: Error };
