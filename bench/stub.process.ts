/**
 * The stub upstream: OpenAI's wire, an answer at once. It shares its core with the load generator and must never be what is measured;
 * on node:http a stream of 64 chunks costs as much to write as to proxy, so this is a bare socket server with finished answers.
 */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { answer, ready } from './child.ts';
import { COMPLETION, STREAM_BODY_MARK, STREAM_EVENTS } from './wire.ts';

export interface StubCounts {
  requests: number;
  connections: number;
}

const completion = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(COMPLETION)}\r\n\r\n${COMPLETION}`,
);
/** Every event is an HTTP chunk of its own, as real upstreams send them. */
const stream = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${STREAM_EVENTS.map(
    (event) => `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`,
  ).join('')}0\r\n\r\n`,
);
const counts: StubCounts = { requests: 0, connections: 0 };

/** Finds the end of a request (a head and content-length bytes) and answers it; no client here pipelines. */
function serve(socket: Socket): void {
  let received: Buffer[] = [];
  let bytes = 0;
  let expected = 0;
  socket.on('data', (data: Buffer) => {
    received.push(data);
    bytes += data.length;
    if (expected === 0) expected = requestBytes(received.length === 1 ? data : Buffer.concat(received));
    if (expected === 0 || bytes < expected) return;
    const streamed = received.some((part) => part.includes(STREAM_BODY_MARK));
    received = [];
    bytes = 0;
    expected = 0;
    counts.requests += 1;
    socket.write(streamed ? stream : completion);
  });
  socket.on('error', () => socket.destroy());
}

/** 0 while the head is not complete. */
function requestBytes(data: Buffer): number {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(data.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('the stub upstream needs requests with a content-length');
  return end + 4 + Number(length);
}

const server = createServer({ noDelay: true }, serve);
server.on('connection', () => (counts.connections += 1));

/** Each question gives the counts since the last one. */
answer(() => {
  const taken = { ...counts };
  counts.requests = 0;
  counts.connections = 0;
  return taken;
});
ready(server);
