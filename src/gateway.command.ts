import { createApp } from './app';
import type { Gateway } from './app';
import { renderBanner, renderTunnel } from './banner';
import { configSections } from './config-sections';
import { PairingService } from './pairing/pairing.service';
import { ChannelRegistry } from './channels/core/channel.registry';
import { PageFiles } from './dashboard/page/page-files';
import { loadConfig } from './platform/config/load-config';
import { EventBus } from './platform/events/event-bus';
import { GatewayConfig } from './platform/http/gateway.config';
import { RequestTracker } from './platform/http/request-tracker';
import { releaseBootGarbage } from './platform/lifecycle/boot-garbage';
import { boundHeapGrowth } from './platform/lifecycle/heap-growth';
import { ModelsService } from './providers/models.service';
import { TunnelState } from './tunnel/tunnel-state';

/** Longer than any program has to open its tunnel. */
const TUNNEL_SHOWN_MS = 60_000;

export interface GatewayOptions {
  host?: string;
  port?: number;
  configDir?: string;
  newPairing?: boolean;
}

/** `zeroclaw gateway`: serves until SIGTERM or SIGINT, then lets running requests finish and exits with 0. A second signal exits at once. */
export async function runGateway({ host, port, configDir, newPairing = false }: GatewayOptions): Promise<void> {
  const config = await loadConfig({
    sections: configSections,
    configDir,
    flags: { 'gateway.host': host, 'gateway.port': port },
  });
  const gateway = await createApp({ config, events: new EventBus() });
  stopOnSignals(gateway);
  const pairing = gateway.app.get(PairingService);
  if (newPairing) await pairing.reset();
  const origin = await gateway.listen();
  boundHeapGrowth();
  void releaseBootGarbage(gateway.app.get(RequestTracker));
  const models = gateway.app.get(ModelsService);
  const tunnel = gateway.app.get(TunnelState, { strict: false });
  const channels = gateway.app.get(ChannelRegistry, { strict: false });
  process.stdout.write(
    renderBanner({
      origin,
      pairing: config.get(GatewayConfig).require_pairing ? 'required' : 'off',
      code: pairing.startupCode(),
      hasDashboard: gateway.app.get(PageFiles, { strict: false }).isBuilt,
      channels: channels.list().filter((one) => channels.isConfigured(one)),
      modelConfigured: models.configured,
      tunnel: tunnel.view,
    }),
  );
  if (tunnel.view.status === 'starting') {
    // The banner does not wait for it.
    const opened = await tunnel.known(TUNNEL_SHOWN_MS);
    if (opened.status !== 'stopped') process.stdout.write(renderTunnel(opened).join('\n') + '\n');
  }
}

function stopOnSignals(gateway: Gateway): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    gateway.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The gateway did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
