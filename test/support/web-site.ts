import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WebHandler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An HTTP server at an address of this machine that remembers what it was asked. */
export interface WebSite {
  /** `http://<address>:<port>` */
  url: string;
  port: number;
  asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  /** Connections so far, and those open now. */
  connections: number;
  open: number;
  stop(): Promise<void>;
}

export async function startWebSite(handler: WebHandler, address = '127.0.0.1', port = 0): Promise<WebSite> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (piece: Buffer) => chunks.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      site.asked.push({ method, path: url, headers, body });
      handler(request, response, body);
    });
  });
  const site: WebSite = {
    url: '',
    port: 0,
    asked: [],
    connections: 0,
    open: 0,
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket) => {
    site.connections++;
    site.open++;
    socket.on('close', () => site.open--).on('error', () => undefined);
  });
  server.listen(port, address);
  await once(server, 'listening');
  site.port = (server.address() as AddressInfo).port;
  site.url = `http://${address}:${site.port}`;
  return site;
}
