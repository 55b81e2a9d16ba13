import { Injectable } from '@nestjs/common';
import { ChannelRegistry } from '../../channels/core/channel.registry';
import { WebhookConfig } from '../../chat/webhook.config';
import { ConfigService } from '../../platform/config/config.service';
import { parseCidr } from '../../platform/http/client-address';
import { GatewayConfig } from '../../platform/http/gateway.config';
import { isLoopbackHost } from '../../platform/http/listen-address';
import { ObservabilityConfig } from '../../platform/metrics/observability.config';
import { WebSocketConfig } from '../../platform/websocket/websocket.config';
import { TunnelConfig } from '../../tunnel/tunnel.config';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** A private range of a cluster is about this wide at the most. */
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 16;
const SHORTEST_SECRET = 16;

/** Who can reach the gateway, and what they have to know. */
@Injectable()
export class ExposureChecks implements CheckList {
  constructor(
    private readonly config: ConfigService,
    private readonly channels: ChannelRegistry,
  ) {}

  checks(): readonly Check[] {
    return [
      { id: 'exposure.public_bind', security: true, run: () => [this.bind()] },
      { id: 'exposure.pairing', security: true, run: () => [this.pairing()] },
      { id: 'exposure.trusted_proxies', security: true, run: () => this.proxies() },
      { id: 'exposure.unsigned_channels', security: true, run: () => this.unsigned() },
      { id: 'exposure.webhook_secret', security: true, run: () => [this.webhookSecret()] },
      { id: 'exposure.metrics', security: true, run: () => [this.metrics()] },
      { id: 'exposure.origins', security: true, run: () => [this.origins()] },
    ];
  }

  private bind(): Finding {
    const { host } = this.gateway;
    if (isLoopbackHost(host)) {
      return ok(
        this.tunnel === 'none'
          ? `Only this machine reaches the gateway (${host}).`
          : `The gateway is reached by its tunnel (${this.tunnel}) only.`,
      );
    }
    const sentence = `The gateway listens on ${host}: other machines reach it, without TLS.`;
    if (this.tunnel !== 'none')
      return warn(`${sentence} The tunnel does not need that.`, 'Set [gateway] host = "127.0.0.1".');
    return warn(sentence, 'Keep a reverse proxy with TLS and a firewall in front of it.');
  }

  private pairing(): Finding {
    if (this.gateway.require_pairing) return ok('Every client needs a token.');
    const advice = 'Set [gateway] require_pairing = true.';
    const sentence = 'Pairing is off: every program and user of this machine has full access.';
    return this.isReachable ? fail(sentence, advice) : warn(sentence, advice);
  }

  private proxies(): Finding[] {
    const { trusted_proxies: ranges, trust_forwarded_headers: trusts } = this.gateway;
    const findings = ranges.flatMap((text): Finding[] => {
      const range = parseCidr(text);
      if (!range) return [warn(`trusted_proxies has "${text}", which is no address range and is ignored.`)];
      const [address, bits] = range;
      if (bits === 0)
        return [
          fail(
            `trusted_proxies has ${text}: everybody may name any address as theirs.`,
            'Write the addresses of your proxies.',
          ),
        ];
      if (bits >= (address.kind() === 'ipv4' ? WIDEST_IPV4 : WIDEST_IPV6)) return [];
      return [warn(`trusted_proxies has ${text}, which is very wide.`, 'Write the addresses of your proxies.')];
    });
    if (findings.length > 0) return findings;
    return [
      ok(
        trusts
          ? `Forwarded addresses are taken from ${ranges.join(', ') || 'this machine'} only.`
          : 'Forwarded addresses are not believed.',
      ),
    ];
  }

  private unsigned(): Finding[] {
    const open = this.channels.list().filter((one) => {
      const { allow_unsigned: unsigned } = this.config.get(one.config) as { allow_unsigned?: unknown };
      return this.channels.isConfigured(one) && unsigned === true;
    });
    if (open.length === 0) return [ok('Every channel takes signed deliveries only.')];
    return open.map(({ title, name }) => {
      const sentence = `${title} takes deliveries that nobody has signed: whoever reaches /${name} can speak as anybody.`;
      const advice = 'Set its secret and take allow_unsigned out.';
      return this.isReachable ? fail(sentence, advice) : warn(sentence, advice);
    });
  }

  private webhookSecret(): Finding {
    const secret = this.config.get(WebhookConfig).secret.trim();
    if (secret === '') {
      return ok(
        this.gateway.require_pairing ? 'POST /webhook needs a token.' : 'POST /webhook answers this machine only.',
      );
    }
    if (secret.length >= SHORTEST_SECRET) return ok('POST /webhook needs its secret.');
    return warn('The secret of POST /webhook is short enough to be guessed.', 'Make one with: openssl rand -hex 32');
  }

  private metrics(): Finding {
    const { backend, metrics_port: port, metrics_host: host } = this.config.get(ObservabilityConfig);
    const at = host || this.gateway.host;
    if (backend !== 'prometheus' || port === 0 || isLoopbackHost(at))
      return ok('/metrics needs a token, or is read on this machine.');
    return warn(
      `Whoever reaches ${at}:${port} reads /metrics, without a token.`,
      'Let a NetworkPolicy or a firewall admit the scraper only.',
    );
  }

  private origins(): Finding {
    if (!this.config.get(WebSocketConfig).allowed_origins.includes('*'))
      return ok('Pages of others cannot open a socket.');
    return warn(
      'The scripts of every page may open a socket ([gateway.websocket] allowed_origins = ["*"]).',
      'Write the origins of your pages.',
    );
  }

  private get gateway(): Readonly<GatewayConfig> {
    return this.config.get(GatewayConfig);
  }

  private get tunnel() {
    return this.config.get(TunnelConfig).provider;
  }

  private get isReachable(): boolean {
    return !isLoopbackHost(this.gateway.host) || this.tunnel !== 'none';
  }
}
