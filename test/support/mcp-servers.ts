import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The program of one of the reference servers of the protocol. */
export function mcpProgram(server: 'everything' | 'filesystem' | 'memory'): string {
  return join(dirname(require.resolve(`@modelcontextprotocol/server-${server}/package.json`)), 'dist', 'index.js');
}

/** `[mcp.servers.<name>]` that runs it with this Node. */
export function stdioServer(
  name: string,
  server: Parameters<typeof mcpProgram>[0],
  { args = [], more = '' }: { args?: string[]; more?: string } = {},
): string {
  const all = JSON.stringify([mcpProgram(server), ...args]);
  return `[mcp.servers.${name}]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${all}\nrisk = "low"\n${more}\n`;
}

/** The program of a server that fails in all the ways that servers do; see its list of tools. */
export const oddServer = join(__dirname, 'odd-mcp-server.cjs');

/** `[mcp.servers.odd]`. */
export function oddStdioServer(more = ''): string {
  const [command, args] = [process.execPath, [oddServer]].map((value) => JSON.stringify(value));
  return `[mcp.servers.odd]\ncommand = ${command}\nargs = ${args}\nrisk = "low"\n${more}\n`;
}

/** False once the process has ended; a zombie has ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
