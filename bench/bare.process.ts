/**
 * The yardstick: the least a proxy can do. node:http in, undici out; it parses the JSON, checks a bearer token
 * and forwards, writing a streamed answer chunk by chunk as it arrives. No limits, no metrics, no log, no validation.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { ready } from './child.ts';

const [origin = '', token = ''] = process.argv.slice(2);
const agent = new Agent();

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ error: { message } });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function forward(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const upstream = await agent.request({
    origin,
    path: request.url ?? '/',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer upstream-key' },
    body,
  });
  const { 'content-type': type, 'content-length': length } = upstream.headers;
  if (typeof type === 'string') response.setHeader('content-type', type);
  if (typeof length === 'string') response.setHeader('content-length', length);
  response.writeHead(upstream.statusCode);
  upstream.body.pipe(response);
}

const server = createServer((request, response) => {
  if (request.headers.authorization !== `Bearer ${token}`) return refuse(response, 401, 'unauthorized');
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString());
    } catch {
      return refuse(response, 400, 'invalid JSON');
    }
    if (typeof parsed !== 'object' || parsed === null) return refuse(response, 400, 'expected an object');
    forward(request, body, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, String(error));
    });
  });
});
server.keepAliveTimeout = 120_000;
ready(server);
