import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { register } from 'prom-client';
import { ConfigService } from '../config/config.service';
import { GatewayConfig } from '../http/gateway.config';
import { bindHost } from '../http/listen-address';
import { ObservabilityConfig } from './observability.config';

/** The optional second port, which serves `/metrics` and nothing else. */
@Injectable()
export class MetricsListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsListener.name);
  private server: Server | undefined;

  constructor(private readonly config: ConfigService) {}

  async onApplicationBootstrap(): Promise<void> {
    const { metrics_port: port, metrics_host: host, backend } = this.config.get(ObservabilityConfig);
    if (port === 0 || backend !== 'prometheus') return;
    const server = createServer((request, response) => {
      if (request.url?.split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      register.metrics().then(
        (text) => response.writeHead(200, { 'Content-Type': register.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    const address = bindHost(host || this.config.get(GatewayConfig).host);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    this.server = server;
    this.logger.log(`Metrics are also served on ${address}:${port}/metrics`);
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
