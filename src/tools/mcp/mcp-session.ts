import type { Client } from '@modelcontextprotocol/sdk/client/index.js' with { 'resolution-mode': 'import' };
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js' with { 'resolution-mode': 'import' };
import { VERSION } from '../../platform/version';
import { ChildTransport } from './child-transport';
import type { OpenTransport } from './http-transport';
import { httpTransport } from './http-transport';
import type { RemoteTool } from './mcp-tool';
import type { ServerSettings } from './server-settings';

/** Also for the first start of a program that installs itself. */
const OPENING_MS = 60_000;
const LISTING_MS = 30_000;
/** A server that lists more than this is not listed to its end. */
const MOST_PAGES = 50;
const MOST_TOOLS = 500;

export interface SessionListener {
  /** The server has other tools now. */
  onTools(tools: RemoteTool[]): void;
  /** The connection has ended, or cannot be trusted to work any more. Told once. */
  onEnd(why: string): void;
  /** A line that the server's program has written to its stderr. */
  onLog(line: string): void;
}

export interface CallLimits {
  signal: AbortSignal;
  timeoutMs: number;
}

/** One connection to one MCP server, from its greeting to its end. */
export class McpSession {
  private ended = false;
  private listing: Promise<void> | undefined;
  private listAgain = false;

  private constructor(
    private readonly client: Client,
    private readonly open: OpenTransport,
    private readonly listener: SessionListener,
  ) {}

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Connects and lists the tools. Rejects when that fails; then nothing is left running. */
  static async open(settings: ServerSettings, listener: SessionListener, signal: AbortSignal): Promise<McpSession> {
    // Loaded with the first server: a gateway without one does not pay for it.
    const { Client: SdkClient } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const client = new SdkClient({ name: 'zeroclaw-gateway', version: VERSION }, { capabilities: {} });
    const session = new McpSession(client, await transportTo(settings, listener), listener);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a callback of the SDK, which is no event target
    client.onclose = () => session.end('the connection was closed');
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => session.relist());
    try {
      await client.connect(session.open.transport, { timeout: OPENING_MS, signal });
      listener.onTools(await session.list(signal));
      return session;
    } catch (error) {
      session.ended = true;
      await session.close();
      throw error;
    }
  }

  /** Rejects with the SDK's error, or the signal's reason. The server is told when nobody waits for its answer any more. */
  async call(name: string, args: Record<string, unknown>, { signal, timeoutMs }: CallLimits): Promise<CallToolResult> {
    const { CallToolResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const request = { method: 'tools/call' as const, params: { name, arguments: args } };
    return this.client.request(request, CallToolResultSchema, { signal, timeout: timeoutMs });
  }

  /** Rejects when the server does not answer; that it knows no ping is an answer. */
  async ping(timeoutMs: number): Promise<void> {
    try {
      await this.client.ping({ timeout: timeoutMs });
    } catch (error) {
      if ((error as { code?: unknown }).code !== -32_601) throw error;
    }
  }

  /** The connection cannot be used any more. */
  end(why: string): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.onEnd(why);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.ended = true;
    await this.open.farewell();
    await this.client.close().catch(() => undefined);
    // The client forgets a transport that closed by itself, and then there may still be something to free.
    await this.open.transport.close().catch(() => undefined);
    await this.open.release();
  }

  /** Announcements that come while the list is being read are answered by reading it once more. */
  private async relist(): Promise<void> {
    this.listAgain = true;
    this.listing ??= (async () => {
      while (this.listAgain && !this.ended) {
        this.listAgain = false;
        const tools = await this.list();
        if (!this.ended) this.listener.onTools(tools);
      }
    })().finally(() => (this.listing = undefined));
    await this.listing;
  }

  private async list(signal?: AbortSignal): Promise<RemoteTool[]> {
    if (this.client.getServerCapabilities()?.tools === undefined) return [];
    const limits = { timeout: LISTING_MS, ...(signal && { signal }) };
    const tools: RemoteTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES && tools.length < MOST_TOOLS; page++) {
      const answer = await this.client.listTools(cursor === undefined ? {} : { cursor }, limits);
      tools.push(...answer.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    return tools.slice(0, MOST_TOOLS);
  }
}

async function transportTo({ endpoint, timeoutMs }: ServerSettings, listener: SessionListener): Promise<OpenTransport> {
  if ('url' in endpoint) return httpTransport(endpoint, timeoutMs);
  const { ReadBuffer } = await import('@modelcontextprotocol/sdk/shared/stdio.js');
  const transport = new ChildTransport(endpoint, new ReadBuffer(), (line) => listener.onLog(line));
  const nothing = () => Promise.resolve();
  return { transport, release: nothing, farewell: nothing };
}
