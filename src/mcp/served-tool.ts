import type { Principal } from '../platform/http/principal';

/** One call of a tool that this gateway serves. */
export interface ServedCall {
  caller: Principal;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
  /** Tells the client how far the call has come; undefined when it did not ask. */
  progress: ((message: string) => Promise<void>) | undefined;
}

export interface ServedResult {
  text: string;
  /** The same and more, for programs. */
  structured?: Record<string, unknown>;
  /** The run that it was, if it was one. */
  runId?: string;
}

/** Something that MCP clients can have this gateway do. */
export interface ServedTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of type object. */
  readonly parameters: Record<string, unknown>;
  /** What it does to the world, for the client's own policy. */
  readonly hints: { readOnlyHint: boolean; destructiveHint?: boolean; openWorldHint: boolean };
  /** `args` fits the schema. An AppError's sentence is told to the client. */
  call(args: Record<string, unknown>, call: ServedCall): Promise<ServedResult>;
}
