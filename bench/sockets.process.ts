/** Opens idle WebSockets, a process of its own. Each question is how many there shall be; the answer is how many there are. */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { answer, readyWithoutPort } from './child.ts';

export interface SocketsJob {
  port: number;
  headers: Record<string, string>;
  total: number;
}

export interface SocketsResult {
  open: number;
  perSecond: number;
  firstError: string | null;
}

/** At a time, so that the backlog of the listening socket is never what is measured. */
const ABREAST = 64;
const PING = 0x89;
/** An empty pong, masked as a client's frames have to be. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

const sockets = new Set<Socket>();

/** Resolves when the history is there: then the gateway has done all that it does for a socket that stays silent. */
function open({ port, headers }: SocketsJob): Promise<void> {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.write(`GET /ws/chat HTTP/1.1\r\n${lines.join('')}\r\n`);
    let head = '';
    socket.on('data', (data) => {
      if (data[0] === PING) socket.write(PONG);
      if (sockets.has(socket)) return;
      head += data.toString('latin1');
      if (!head.includes('"type":"history"')) return;
      sockets.add(socket);
      resolve();
    });
    socket.on('close', () => {
      sockets.delete(socket);
      reject(new Error(`closed: ${head.slice(0, 300)}`));
    });
    socket.on('error', reject);
  });
}

answer(async (ask): Promise<SocketsResult> => {
  const job = ask as SocketsJob;
  const started = performance.now();
  const before = sockets.size;
  let left = job.total - before;
  let firstError: string | null = null;
  const opener = async (): Promise<void> => {
    while (left-- > 0) await open(job).catch((error: unknown) => (firstError ??= String(error)));
  };
  await Promise.all(Array.from({ length: ABREAST }, opener));
  const seconds = (performance.now() - started) / 1000;
  return { open: sockets.size, perSecond: (sockets.size - before) / seconds, firstError };
});
readyWithoutPort();
