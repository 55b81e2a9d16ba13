import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

const ANSWERS: Record<string, { status: string; code: string; sentence: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'request.timeout',
    sentence: 'The request did not arrive within 30 seconds',
  },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'request.headers_too_large',
    sentence: 'The request headers exceed 16 KiB',
  },
};

const MALFORMED = {
  status: '400 Bad Request',
  code: 'request.malformed',
  sentence: 'This is not a valid HTTP/1.1 request',
};

/** Requests that never become one (too slow, malformed, oversized headers) get a JSON answer too, then the connection is closed. */
export function answerSocketErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, code, sentence } = ANSWERS[error.code ?? ''] ?? MALFORMED;
    const body = JSON.stringify({ error: sentence, code });
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n` +
        `Cache-Control: no-store\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}
