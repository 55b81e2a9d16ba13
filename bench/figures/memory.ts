/** Resident memory after load, and what ten thousand of everything that is remembered per client or per key add to it. */
import type { Options } from '../options.ts';
import { residentMb } from '../processes.ts';
import { row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { chat, CONNECTIONS, history, stream, turn } from '../turns.ts';
import type { Turn } from '../turns.ts';

const TOTAL = 10_000;
const ADDRESSES = { header: 'x-forwarded-for', prefix: '10.' };
const KEYS = { header: 'x-idempotency-key', prefix: 'bench-' };

export async function memory(rig: Rig, options: Options): Promise<Row[]> {
  const { gateway } = rig;
  if (!options.only.has('throughput')) {
    for (const load of [chat, history, stream]) {
      const mode = { kind: 'closed', connections: CONNECTIONS, seconds: options.seconds } as const;
      await rig.run(gateway, turn(gateway, load).shape, mode);
    }
  }
  const loaded = residentMb(gateway.child);
  const webhook = { path: '/webhook', body: JSON.stringify({ message: 'hello' }), endsWith: '}' };
  return [
    row('RSS after the load above', loaded, 'MB', { atMost: 230 }, ''),
    await grownBy(rig, 'client addresses', turn(gateway, chat), ADDRESSES),
    await grownBy(rig, 'idempotency keys', { to: gateway, shape: webhook }, KEYS),
  ];
}

async function grownBy(
  rig: Rig,
  what: string,
  { to, shape }: Turn,
  vary: { header: string; prefix: string },
): Promise<Row> {
  const before = residentMb(to.child);
  const result = await rig.run(to, shape, { kind: 'count', connections: CONNECTIONS, seconds: 30, total: TOTAL, vary });
  const after = residentMb(to.child);
  const detail = `${before.toFixed(0)} → ${after.toFixed(0)} MB, ${result.requests} of ${TOTAL} answered`;
  return row(`RSS grown by 10 000 ${what}`, after - before, 'MB', undefined, detail);
}
