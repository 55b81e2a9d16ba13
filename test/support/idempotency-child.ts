import type { DatabaseOptions } from '../../src/platform/database/kysely-database';
import { startIdempotencyApp } from './idempotency-app';

/** The test application as a process that can be killed: tells its address, then each run. */
async function main([place = '{}', ahead = '0']: string[]): Promise<void> {
  const app = await startIdempotencyApp(JSON.parse(place) as DatabaseOptions);
  app.clock.ahead = Number(ahead);
  app.routes.onRun = () => process.stdout.write(`run ${app.routes.runs}\n`);
  process.stdout.write(`listening on ${app.url}\n`);
}

void main(process.argv.slice(2));
