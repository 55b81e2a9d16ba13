import type { IncomingHttpHeaders } from 'node:http';

/** A platform's request as it came off the wire. */
export interface ChannelRequest {
  readonly method: 'GET' | 'POST';
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** The exact bytes that the platform signed. */
  readonly body: Buffer;
  /** Milliseconds since the epoch, for replay windows. */
  readonly receivedAt: number;
}

/**
 * Whether a request is the platform's own. `signature`: missing or wrong. `replayed`: signed, but outside of the platform's time window.
 * `unsigned`: there is no secret to check with, and `allow_unsigned` is not written.
 */
export type Verdict = 'genuine' | 'signature' | 'replayed' | 'unsigned';

/** Why something in a genuine request starts no turn. */
export type Ignored =
  /** Not in the allowlist. */
  | 'not_allowed'
  /** Written by this gateway or another bot. */
  | 'own'
  /** Reactions, receipts, edits, joins: nothing to answer. */
  | 'not_a_message'
  /** Not addressed to the agent. */
  | 'not_mentioned';

/** One message of a person. */
export interface InboundMessage {
  /** The platform's id of the message, stable across redeliveries: what is claimed, once per channel. */
  readonly id: string;
  /** Where the answer goes; the channel's own notation, at most 512 characters. Messages of one conversation are answered in order. */
  readonly conversation: string;
  /** The platform's full id of the sender. */
  readonly sender: string;
  /** What the agent reads. Never interpreted: markers in it mean nothing. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Whose the conversation's session and memories are. Left out: the sender's. A thread of many people names itself. */
  readonly owner?: string;
  /** Left out: `<channel>_<conversation>_<sender>`. */
  readonly sessionId?: string;
  /** Others than the sender read the answer: nothing private is recalled for it. */
  readonly audience?: 'public';
  /** What `send` needs to answer this very message (quote, thread), at most 512 characters. */
  readonly replyTo?: string;
  /** Said instead of running a turn, such as that pictures cannot be read here. */
  readonly notice?: string;
}

/** What a genuine request holds. Both lists empty: a request without news, such as a ping. */
export interface ParsedRequest {
  readonly messages: readonly InboundMessage[];
  readonly ignored: readonly Ignored[];
  /** A sentence for the platform when the request cannot be read at all; answers 400, as undefined does. */
  readonly malformed?: string;
}

/** The answer to a request that is not about messages. */
export interface HandshakeAnswer {
  readonly status: number;
  /** Text is sent as text/plain, an object as JSON. */
  readonly body: string | object;
}

/** One part of an answer, short enough for the platform. */
export interface OutboundPart {
  /** Stable across attempts: the idempotency key where the platform has one. */
  readonly id: string;
  readonly conversation: string;
  readonly text: string;
  readonly replyTo: string | undefined;
  /** 0 for the first part of an answer. */
  readonly index: number;
  /**
   * How many attempts of this very part began before, in this process or another; written down before each begins. Above 0, the platform may
   * have taken the part although nobody heard so: where it has no idempotency keys, look before posting again.
   */
  readonly attempt: number;
}

/** How a platform wants to be written to. */
export interface ChannelLimits {
  /** Longest text of one part, in UTF-16 code units, or in bytes of UTF-8 with `unit: 'bytes'`. */
  readonly maxLength: number;
  readonly unit?: 'bytes';
  /** Parts per second to one conversation. Left out: no limit of our own. */
  readonly perSecond?: number;
}

/**
 * One messaging platform. Everything between the wire and the agent is here; claiming, queues, retries, metrics and routes are not.
 * `verify` and `parse` are pure and never throw, whatever the bytes; `parse` is only called on genuine requests.
 */
export interface Channel {
  readonly limits: ChannelLimits;
  /**
   * False while its table is about another way to the platform, which is not served here: then the channel counts as not configured.
   * Not called while the table is absent. Left out: it always is.
   */
  chosen?(): boolean;
  /** What of its table is missing, as an instruction to the operator; undefined when it can work. Not called while the table is absent. */
  problem(): string | undefined;
  /** Over the raw bytes, in constant time. */
  verify(request: ChannelRequest): Verdict;
  /** Undefined when the body is not what the platform sends at all; that answers 400 `Invalid JSON payload`. */
  parse(request: ChannelRequest): ParsedRequest | undefined;
  /** The platform's check of the address, by GET (before `verify`) or POST (after it). Undefined: this is no such request. */
  handshake?(request: ChannelRequest): HandshakeAnswer | undefined;
  /** What the platform is told of a request with its news; left out: 200 `{"status":"ok"}`. */
  acknowledgement?(request: ChannelRequest, outcome: { claimed: number; duplicates: number }): object;
  /** Resolves when the platform has confirmed; rejects with DeliveryError otherwise. Aborting `signal` ends the attempt. */
  send(part: OutboundPart, signal: AbortSignal): Promise<void>;
  /** Told once when the turn of a message begins, for read receipts and typing signs. Failing harms nothing. */
  begun?(message: InboundMessage, signal: AbortSignal): Promise<void>;
  /** Asks the platform, at no cost, whether it takes our credentials; resolves with who it says that we are. Rejects with DeliveryError. */
  check?(signal: AbortSignal): Promise<string>;
}
