import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { SOCKET_ENDS } from './closing';
import './socket.events';
import { SocketRegistry } from './socket.registry';

const OPEN = 'zeroclaw_websocket_open';
const FRAMES = 'zeroclaw_websocket_frames_total';
const CLOSED = 'zeroclaw_websocket_closed_total';

export const socketMetricProviders = [
  makeGaugeProvider({ name: OPEN, help: 'WebSockets that are open now.' }),
  makeCounterProvider({ name: FRAMES, help: 'Text frames of WebSockets.', labelNames: ['direction'] }),
  makeCounterProvider({ name: CLOSED, help: 'WebSockets that have ended, by reason.', labelNames: ['reason'] }),
];

/** Frames are counted by the registry and read when somebody scrapes, so that sending one costs nothing more. */
@Injectable()
export class SocketMetrics {
  constructor(
    sockets: SocketRegistry,
    events: EventBus,
    @InjectMetric(OPEN) open: Gauge,
    @InjectMetric(FRAMES) frames: Counter,
    @InjectMetric(CLOSED) closed: Counter,
  ) {
    let told = { in: 0, out: 0 };
    Object.assign(open, { collect: () => open.set(sockets.size) });
    Object.assign(frames, {
      collect: () => {
        const now = { in: sockets.framesIn, out: sockets.framesOut };
        frames.inc({ direction: 'in' }, now.in - told.in);
        frames.inc({ direction: 'out' }, now.out - told.out);
        told = now;
      },
    });
    for (const reason of SOCKET_ENDS) closed.inc({ reason }, 0);
    events.on('socket.closed', ({ reason }) => closed.inc({ reason }));
  }
}
