/** 200 sockets that stream at once and 200 subscribers of the event feed at 100 events a second: how many frames, and whether any is lost or out of order. */
import type { CrowdJob, CrowdResult } from '../crowd.process.ts';
import { startGateway } from '../gateway.ts';
import { stop, Worker } from '../processes.ts';
import { perSecond, row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';

const COUNT = 200;
/** A turn tells of its start, its model call and its end: five or so events. */
const TURNS_PER_SECOND = 25;

export async function crowd(rig: Rig): Promise<Row[]> {
  const { child, port, headers } = await startGateway(rig.upstreamPort);
  child.stdout?.resume();
  child.stderr?.resume();
  const clients = await Worker.start('load', './crowd.process.ts');
  const ask = (what: CrowdJob['what']) => clients.ask<CrowdResult>({ port, headers, what } satisfies CrowdJob);
  try {
    await ask({ kind: 'sockets', count: 20, turns: 5 });
    const streams = await ask({ kind: 'sockets', count: COUNT, turns: 10 });
    const feed = await ask({ kind: 'subscribers', count: COUNT, turns: 20 * TURNS_PER_SECOND, pace: TURNS_PER_SECOND });
    const events = feed.frames / COUNT;
    return [
      row(
        `${COUNT} WebSockets streaming, frames wrong`,
        streams.wrong,
        '',
        { atMost: 0 },
        `${streams.frames} frames, ${perSecond(streams.frames / streams.seconds)}`,
      ),
      row(
        `${COUNT} event subscribers, any that missed one`,
        feed.wrong,
        '',
        { atMost: 0 },
        `${events} events each, ${perSecond(events / feed.seconds)} to each of them`,
      ),
    ];
  } finally {
    await stop(clients.child);
    await stop(child);
  }
}
