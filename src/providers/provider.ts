import type { EgressAnswer } from '../platform/egress/exchange';

/** A picture is a `data:` URL or an http(s) URL that the model's host fetches itself. */
export type ContentPart =
  { type: 'text'; text: string } | { type: 'image'; url: string; detail?: 'auto' | 'low' | 'high' };

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text exactly as the model wrote it; may be malformed. */
  arguments: string;
}

export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string | ContentPart[] }
  | { role: 'assistant'; content: string | null; toolCalls?: ToolCall[] }
  | { role: 'tool'; toolCallId: string; content: string };

/**
 * A function the model may ask for. `parameters` is a JSON schema of type object. Not to be changed once it was offered: its words on the
 * wire are kept with it.
 */
export interface ToolDefinition {
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
  strict?: boolean;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: Record<string, unknown>; strict?: boolean };

/** One question to a model, free of any wire format. */
export interface ChatRequest {
  /** The provider's own name of the model. */
  model: string;
  messages: ChatMessage[];
  tools?: ToolDefinition[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  temperature?: number;
  topP?: number;
  /** Tokens of the answer at the most. */
  maxTokens?: number;
  stop?: string[];
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseFormat?: ResponseFormat;
  /** OpenAI's vocabulary; mapped by providers that have an equivalent. */
  reasoningEffort?: string;
  /** An opaque end-user id for the upstream's abuse detection. */
  user?: string;
  /** The caller has no use for a part of the answer: a provider may ask for it in one piece, which costs a fraction of a stream. */
  whole?: boolean;
}

/** Tokens, as counted by the upstream. `cachedInputTokens` and `reasoningTokens` are parts of the totals. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens?: number;
  reasoningTokens?: number;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/**
 * What a model says, in order: any number of `text`, `reasoning` and `tool_call` events, then `usage` (when the upstream counts),
 * then exactly one `finish`. A `tool_call` is a delta: the first of an `index` carries `id` and `name`, each carries a piece of `arguments`.
 * Failures are thrown as `ProviderError`.
 */
export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call'; index: number; id?: string; name?: string; arguments: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'finish'; reason: FinishReason };

export interface ProviderCapabilities {
  /** Native tool calls. */
  tools: boolean;
  vision: boolean;
  /** Honours `responseFormat`. */
  json: boolean;
}

/** An OpenAI chat-completions body on its way to an upstream that speaks that protocol. */
export interface RawChatRequest {
  /** UTF-8 JSON; `model` is the upstream's own name already. */
  body: Buffer;
  stream: boolean;
}

/** What a host said when it was asked for nothing but whether it takes our keys. */
export interface HostProof {
  /** Its own clock, in milliseconds since the epoch, to the second; undefined when it does not tell. */
  hostTime: number | undefined;
  /** How many keys are configured, and which of them it refuses: 1 is the first. */
  keys: number;
  refused: readonly number[];
}

/** One model host. The port every provider implements and the only thing the rest of the gateway knows about models. */
export interface ModelProvider {
  /** The id from the configuration, e.g. `openai`, `custom:https://…`. */
  readonly id: string;
  readonly capabilities: ProviderCapabilities;

  /** Streams one answer. Aborting `signal` ends the upstream call at once and makes the generator throw the signal's reason. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined>;

  /**
   * Forwards a chat-completions body byte for byte and hands the upstream's answer back unread.
   * Only providers whose wire is OpenAI's have it. Throws `ProviderError` for anything but a 2xx.
   */
  forward?(request: RawChatRequest, signal: AbortSignal): Promise<EgressAnswer>;

  /** Asks with every key, at no cost. Missing, or `not_found`, where only a question to a model tells. Throws ProviderError. */
  check?(signal: AbortSignal): Promise<HostProof>;
}
