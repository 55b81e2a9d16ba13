export interface CallFailure {
  /** For the model. */
  sentence: string;
  /** Why the connection is of no use any more; undefined while it is. */
  broken?: string;
}

/** What the error of a call means: a server that said no, one that took too long, or a connection that is gone. */
export function callFailure(error: unknown, server: string, hasEnded: boolean): CallFailure {
  const said = reasonOf(error);
  if (error instanceof Error && error.name === 'McpError' && !hasEnded) {
    const { timeout } = ((error as { data?: unknown }).data ?? {}) as { timeout?: unknown };
    if (typeof timeout !== 'number') return { sentence: said };
    const seconds = `${timeout / 1_000} seconds`;
    return {
      sentence: `the MCP server ${server} did not answer within ${seconds}; the call may still have had its effect`,
    };
  }
  const unsure = 'it is being opened anew, and it is not known whether the call had its effect';
  return { sentence: `the connection to the MCP server ${server} broke (${said}); ${unsure}`, broken: said };
}

/** The innermost reason, which is the one that names what is wrong: "fetch failed" does not. */
export function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  const text = innermost instanceof Error ? innermost.message : String(innermost);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
