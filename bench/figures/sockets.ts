/** What an idle WebSocket costs: resident memory of a gateway of its own, before and after 5 000 of one client. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway } from '../gateway.ts';
import { residentMb, stop, Worker } from '../processes.ts';
import { perSecond, row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import type { SocketsResult } from '../sockets.process.ts';

const TOTAL = 5_000;
/** Long enough for a start to have settled, and for what the handshakes have left behind to be collected. */
const SETTLE_MS = 5_000;

export async function sockets(rig: Rig): Promise<Row[]> {
  const { child, port, headers } = await startGateway(rig.upstreamPort);
  child.stdout?.resume();
  child.stderr?.resume();
  const clients = await Worker.start('load', './sockets.process.ts');
  try {
    // What the first sockets load and compile is no cost of a socket.
    await clients.ask<SocketsResult>({ port, headers, total: 50 });
    await sleep(SETTLE_MS);
    const before = residentMb(child);
    const { open, perSecond: pace, firstError } = await clients.ask<SocketsResult>({ port, headers, total: TOTAL });
    if (firstError !== null) rig.notes.add(`sockets: ${firstError}`);
    await sleep(SETTLE_MS);
    const after = residentMb(child);
    const each = ((after - before) * 1024) / (open - 50);
    const detail = `${before.toFixed(0)} → ${after.toFixed(0)} MB with ${open} open, opened at ${perSecond(pace)}`;
    return [row('idle WebSocket, RSS each', each, 'KB', { atMost: 12 }, detail)];
  } finally {
    await stop(clients.child);
    await stop(child);
  }
}
