/** How much harm a call can do; later rooms decide by it what needs a person's approval. */
export type ToolRisk = 'low' | 'medium' | 'high';

export interface ToolContext {
  /** The session the call belongs to; undefined for a turn without one. */
  sessionId: string | undefined;
  /** Aborted when the turn ends early. A tool stops everything it started. */
  signal: AbortSignal;
}

/** `output` is the text for the model; on failure it says what went wrong and what to try. */
export interface ToolResult {
  success: boolean;
  output: string;
}

/** Something the agent can do. */
export interface Tool {
  /** Unique, `^[a-zA-Z0-9_-]{1,64}$`. */
  readonly name: string;
  /** For the model: what it does, its limits and units. */
  readonly description: string;
  /** JSON schema of type object. */
  readonly parameters: Record<string, unknown>;
  readonly risk: ToolRisk;
  /** `args` matches the schema's shape only as far as the model kept to it: check what you use. Failing is a result; throwing is a bug and is reported as one. */
  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}
