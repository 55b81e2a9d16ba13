import type { IncomingMessage, ServerResponse } from 'node:http';

const LINGER_MS = 2_000;

/**
 * Ends an answer that has a length and comes before its request was read. To close at once would reset the connection while the client or a proxy is still
 * sending, and the answer could be lost on its way; so what comes is thrown away for a moment first (RFC 9112, §9.6).
 * @param body undefined for none
 */
export function answerEarly(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
  if (body) response.write(body);
  else response.flushHeaders();
  request.removeAllListeners('data').resume();
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS).unref();
  request.once('end', end).once('close', end);
}
