import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { TunnelState } from './tunnel-state';

export const tunnelMetricProviders = [
  makeGaugeProvider({
    name: 'zeroclaw_tunnel_up',
    help: 'Whether the configured tunnel is open; no value without one.',
    labelNames: ['provider'],
    inject: [TunnelState],
    collect(this: Gauge<string>, state: TunnelState) {
      this.reset();
      const { provider, status } = state.view;
      if (provider !== 'none') this.set({ provider }, Number(status === 'up'));
    },
  }),
  makeGaugeProvider({
    name: 'zeroclaw_tunnel_restarts',
    help: 'How often the program of the tunnel was started anew since the gateway began.',
    inject: [TunnelState],
    collect(this: Gauge<string>, state: TunnelState) {
      this.set(state.view.restarts);
    },
  }),
];
