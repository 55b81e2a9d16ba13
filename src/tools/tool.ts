import type { RefusalReason } from './tool.events';

/**
 * How much harm a call can do. In supervised mode a call of medium or high risk waits for a person:
 * `low` looks, `medium` changes something that can be undone or reaches out, `high` can destroy or disclose.
 */
export type ToolRisk = 'low' | 'medium' | 'high';

export interface ToolContext {
  /** The session the call belongs to; undefined for a turn without one. */
  sessionId: string | undefined;
  /** Aborted when the turn ends early. A tool stops everything it started. */
  signal: AbortSignal;
  /** Whose turn it is: a principal's id, or a channel's sender. */
  owner?: string;
  /** The door the turn came through. */
  door?: string;
  /** The run that the turn is. */
  runId?: string;
  /** Others than the owner read the answer: nothing private of the owner's may be told. */
  audience?: 'public';
  /** The one who asked is still listening and sees events, so that the call may wait for a person's approval. */
  canWait?: boolean;
  /** A person gave their word on this very call beforehand, such as the admin who wrote the command of a job. Every other rule holds. */
  allowed?: boolean;
  /** Told when the call begins to wait for a person; what it returns is called when the waiting is over. */
  onHeld?: (held: HeldCall) => () => void;
  /** Told when the call was not made, because it needs a person's approval and its door cannot wait. */
  onPending?: (pending: HeldCall) => void;
}

/** A call that waits for a person. */
export interface HeldCall {
  /** For `POST /api/approvals/:id`. */
  approvalId: string;
  tool: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** `output` is the text for the model; on failure it says what went wrong and what to try. */
export interface ToolResult {
  success: boolean;
  output: string;
}

/** What a tool thinks of one call before it runs: its risk, or why it never runs. */
export type Assessment = { risk: ToolRisk } | { refused: RefusalReason; explanation: string };

/** Something the agent can do. */
export interface Tool {
  /** Unique, `^[a-zA-Z0-9_-]{1,64}$`. */
  readonly name: string;
  /** For the model: what it does, its limits and units. */
  readonly description: string;
  /** JSON schema of type object. */
  readonly parameters: Record<string, unknown>;
  readonly risk: ToolRisk;
  /** It changes something or reaches out: refused when read-only, counted in the hourly budget. Left out: true unless the risk is low. */
  readonly acts?: boolean;
  /** Where it comes from, for lists: `builtin` when left out, `mcp:<server>` and the like otherwise. */
  readonly source?: string;
  /** Why the configuration switches it off ("[web_fetch] enabled is false"); undefined while it is on. */
  off?(): string | undefined;
  /** Judges one call by its arguments, for tools whose calls differ in risk. Left out: `risk` holds for every call. */
  assess?(args: Record<string, unknown>, context: ToolContext): Promise<Assessment>;
  /** `args` matches the schema's shape only as far as the model kept to it: check what you use. Failing is a result; throwing is a bug and is reported as one. */
  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}
