import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import type { ConfigService } from './platform/config/config.service';
import { AppError } from './platform/errors/app-error';
import { EventBus } from './platform/events/event-bus';
import { HealthService } from './platform/health/health.service';
import { ExpressFront } from './platform/http/express-front';
import { GatewayConfig } from './platform/http/gateway.config';
import { assertSafeBind, bindHost, originOf } from './platform/http/listen-address';
import { RequestFront, createPrelude } from './platform/http/prelude';
import { RequestTracker } from './platform/http/request-tracker';
import { answerSocketErrors } from './platform/http/socket-errors';
import { Lifecycle } from './platform/lifecycle/lifecycle';
import { createLogger } from './platform/logging/logger';
import { configPaths } from './dashboard/config/config-body';
import { TunnelConfig } from './tunnel/tunnel.config';
import { tunnelFront } from './tunnel/tunnel-front';
import { localTarget } from './tunnel/tunnel-programs';
import { TunnelService } from './tunnel/tunnel.service';
import { webhookPaths } from './webhooks/webhooks.module';
import { SocketParts } from './platform/websocket/socket-parts';
import { GatewayWsAdapter } from './platform/websocket/websocket.adapter';

export interface Gateway {
  app: NestExpressApplication;
  /** Starts listening; the origin carries the port that was really bound. */
  listen(): Promise<string>;
  /** Lets running requests finish, then releases everything. */
  stop(): Promise<void>;
}

export interface GatewayParts {
  config: ConfigService;
  events: EventBus;
  logger?: LoggerService;
}

/** Builds the gateway around a loaded configuration; the command line and the tests boot this same thing. */
export async function createApp({ config, events, logger = createLogger(config) }: GatewayParts): Promise<Gateway> {
  const { host, allow_public_bind: publicBind } = config.get(GatewayConfig);
  const { provider: tunnel } = config.get(TunnelConfig);
  assertSafeBind(host, publicBind || tunnel !== 'none');
  const requests = new RequestTracker();
  const requestFront = new RequestFront(config, requests, tunnelFront(tunnel));
  const front = new ExpressFront(createPrelude(requestFront, new Set([...webhookPaths, ...configPaths])));
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.register({ config, events, requests }),
    front,
    {
      logger,
      bodyParser: false,
      abortOnError: false,
    },
  );
  answerSocketErrors(app.getHttpServer());
  app.useWebSocketAdapter(new GatewayWsAdapter(app.getHttpServer(), requestFront, app.get(SocketParts)));
  await app.init();
  return {
    app,
    listen: () => listen(app, config),
    stop: async () => {
      await app.get(Lifecycle).drain();
      // Nothing runs any more, but a connection that has not asked yet (browsers open them ahead) would hold up the close.
      (app.getHttpServer() as Server).closeAllConnections();
      await app.close();
    },
  };
}

async function listen(app: NestExpressApplication, config: ConfigService): Promise<string> {
  const { host, port } = config.get(GatewayConfig);
  try {
    await app.listen(port, bindHost(host));
  } catch (error) {
    throw listenError(error, host, port);
  }
  app.get(HealthService).report('gateway', 'ok');
  app.get(Lifecycle).started();
  const bound = (app.getHttpServer().address() as AddressInfo).port;
  app.get(TunnelService).start(localTarget(host, bound));
  return originOf(host, bound);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is taken by another process: stop it, or choose another with --port (0 takes any free one)`,
    EACCES: `this user may not listen on port ${port}: choose one above 1023`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `${host} cannot be resolved`,
  };
  const reason = code === undefined ? undefined : reasons[code];
  return reason ? new AppError(500, 'gateway.listen', `The gateway cannot start: ${reason}`, { cause: error }) : error;
}
