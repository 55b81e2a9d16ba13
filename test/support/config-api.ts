import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayUnderTest } from './gateway';

/** The configuration's routes, as a client uses them. */
export class ConfigClient {
  constructor(private readonly gateway: () => GatewayUnderTest) {}

  /** The body with the status and the ETag of the answer. */
  async ask(path: string, init: RequestInit & { json?: unknown; token?: string } = {}) {
    const response = await this.gateway().fetch(`/api/config${path}`, init);
    const body = (await response.json()) as Record<string, unknown>;
    return { ...body, status: response.status, said: body['status'], etag: response.headers.get('etag') };
  }

  async content(): Promise<string> {
    return ((await this.ask('')) as unknown as { content: string }).content;
  }

  put(text: string | Uint8Array, headers: Record<string, string> = {}) {
    const body = typeof text === 'string' ? text : Buffer.from(text);
    return this.ask('', { method: 'PUT', body, headers: { 'Content-Type': 'application/toml', ...headers } });
  }

  patch(json: unknown, headers: Record<string, string> = {}) {
    const type = { 'Content-Type': 'application/merge-patch+json', ...headers };
    return this.ask('', { method: 'PATCH', body: JSON.stringify(json), headers: type });
  }

  file(): Promise<string> {
    return readFile(join(this.gateway().dir, 'config.toml'), 'utf8');
  }
}
