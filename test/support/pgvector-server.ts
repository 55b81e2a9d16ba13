import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A PostgreSQL with pgvector in a process of its own: PGlite, because the usual test server may lack the extension. */
export async function startPgvectorServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [address] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [
    unknown,
  ];
  if (typeof address !== 'string') throw new Error('PGlite did not start');
  return {
    url: `postgres://postgres@${address}/postgres`,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

const SERVER = `
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
const db = await PGlite.create({ extensions: { vector } });
const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1', maxConnections: 20 });
await server.start();
console.log(server.getServerConn());
process.stdin.on('end', () => process.exit()).resume();
`;
