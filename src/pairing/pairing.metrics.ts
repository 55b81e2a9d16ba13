import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../platform/events/event-bus';
import { PairedDevices } from './paired-devices';

const ATTEMPTS = 'zeroclaw_pairing_attempts_total';
const DEVICES = 'zeroclaw_paired_devices';

export const pairingMetrics = [
  makeCounterProvider({
    name: ATTEMPTS,
    help: 'Attempts at POST /pair by outcome: paired, invalid, locked, limited.',
    labelNames: ['outcome'],
  }),
  makeGaugeProvider({
    name: DEVICES,
    help: 'Tokens that are valid now.',
    inject: [PairedDevices],
    collect(this: Gauge<string>, devices: PairedDevices) {
      this.set(devices.countValid());
    },
  }),
];

/** Counts what the room announces. */
@Injectable()
export class PairingMetrics {
  constructor(@InjectMetric(ATTEMPTS) attempts: Counter<string>, events: EventBus) {
    for (const outcome of ['paired', 'invalid', 'locked', 'limited']) attempts.inc({ outcome }, 0);
    events.on('pairing.paired', () => attempts.inc({ outcome: 'paired' }));
    events.on('pairing.failed', ({ reason }) => attempts.inc({ outcome: reason }));
    events.on('rate_limit.hit', ({ limit }) => {
      if (limit === 'pair') attempts.inc({ outcome: 'limited' });
    });
  }
}
