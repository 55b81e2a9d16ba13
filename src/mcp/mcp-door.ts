import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js' with { 'resolution-mode': 'import' };
import { VERSION } from '../platform/version';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { McpCalls } from './mcp-calls';

const ABOUT = 'The ZeroClaw agent: `chat` talks to it, `memory_*` is what it remembers of you.';

/**
 * Answers one request of an MCP client (https://modelcontextprotocol.io/specification, "Streamable HTTP"). No session is kept between
 * requests, so any replica can answer; one that asks for progress is answered by an event stream, the others by JSON.
 */
@Injectable()
export class McpDoor {
  constructor(private readonly calls: McpCalls) {}

  async serve(request: GatewayRequest, response: ServerResponse, message: object, caller: Principal): Promise<void> {
    // Loaded by the first client: a gateway that none asks does not pay for it.
    const [{ Server }, { StreamableHTTPServerTransport }, types] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
    const { calls } = this;
    const info = { name: 'zeroclaw-gateway', version: VERSION };
    const server = new Server(info, { capabilities: { tools: {} }, instructions: ABOUT });
    server.setRequestHandler(types.ListToolsRequestSchema, () => ({ tools: calls.list() }));
    server.setRequestHandler(types.CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
      const progressToken = params._meta?.progressToken;
      let progress = 0;
      const tell = (news: string) =>
        sendNotification({
          method: 'notifications/progress',
          params: { progressToken: progressToken ?? 0, progress: ++progress, message: news },
        });
      const known = calls.find(params.name);
      if (!known)
        throw new types.McpError(types.ErrorCode.InvalidParams, `there is no tool "${params.name.slice(0, 64)}"`);
      return calls.run(known, params.arguments ?? {}, {
        caller,
        signal,
        progress: progressToken === undefined ? undefined : tell,
      });
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: !asksForProgress(message) });
    response.once('close', () => void server.close());
    response.setHeader('X-Accel-Buffering', 'no');
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, message);
  }
}

function asksForProgress(message: object): boolean {
  const { params } = message as { params?: { _meta?: { progressToken?: unknown } } | null };
  return params?._meta?.progressToken !== undefined;
}
