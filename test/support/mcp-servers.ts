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

/** Processes whose command line contains the text. */
export function processesOf(text: string, pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
