const TIMED_OUT = -32_001;
const CLOSED = -32_000;

export interface CallFailure {
  /** For the model. */
  sentence: string;
  /** Why the connection is of no use any more; undefined while it is. */
  broken?: string;
}

/** What the error of a call means: a server that said no, one that took too long, or a connection that is gone. */
export function callFailure(error: unknown, server: string, timeoutMs: number): CallFailure {
  const { code, message } = error as { code?: unknown; message?: string };
  const said = reasonOf(error);
  if (code === TIMED_OUT) {
    return {
      sentence: `the MCP server ${server} did not answer within ${timeoutMs / 1_000} seconds; the call may still have had its effect`,
    };
  }
  // Whatever else the protocol counts in negative numbers is the server's own answer.
  if (typeof code === 'number' && code < 0 && code !== CLOSED && code !== -1) return { sentence: message ?? said };
  const unsure = `the connection to the MCP server ${server} broke (${said}); it is being opened anew, and it is not known whether the call had its effect`;
  return { sentence: unsure, broken: said };
}

/** The innermost reason, which is the one that names what is wrong: "fetch failed" does not. */
export function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  const text = innermost instanceof Error ? innermost.message : String(innermost);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
