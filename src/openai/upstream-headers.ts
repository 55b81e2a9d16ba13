import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** What a client of the upstream itself would read; the rest (connection handling, cookies, the operator's account) stays here. */
const KEPT = new Set(['content-type', 'content-encoding', 'openai-processing-ms', 'openai-version', 'openai-model']);

/** Copies the upstream's headers that concern the client. Its request id goes by another name, because ours is there already. */
export function copyHeaders(headers: IncomingHttpHeaders, response: ServerResponse): void {
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (KEPT.has(name) || name.startsWith('x-ratelimit-')) response.setHeader(name, value);
    else if (name === 'x-request-id') response.setHeader('x-upstream-request-id', value);
  }
}
