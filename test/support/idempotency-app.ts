import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { register } from 'prom-client';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import type { SectionClass } from '../../src/platform/config/section';
import { Database } from '../../src/platform/database/database';
import type { DatabaseOptions } from '../../src/platform/database/kysely-database';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { StorageConfig } from '../../src/platform/database/storage.config';
import { ErrorFilter } from '../../src/platform/errors/error.filter';
import { EventBus } from '../../src/platform/events/event-bus';
import { GatewayConfig } from '../../src/platform/http/gateway.config';
import { jsonBody } from '../../src/platform/http/json-body';
import type { GatewayRequest } from '../../src/platform/http/principal';
import { IdempotencyModule } from '../../src/platform/idempotency/idempotency.module';
import { IdempotencyRoutes } from './idempotency-routes';

export class SteeredClock extends Clock {
  /** Milliseconds that this clock is ahead. */
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

/** A configuration that holds the given values and defaults for everything else. */
export class FixedConfig extends ConfigService {
  readonly file = '';
  readonly dataDir: string;

  constructor(
    private readonly place: DatabaseOptions,
    private readonly gateway: Partial<GatewayConfig> = {},
  ) {
    super();
    this.dataDir = place.dataDir;
  }

  get<T extends object>(section: SectionClass<T>): Readonly<T> {
    const given: Record<string, object> = {
      [GatewayConfig.name]: this.gateway,
      [StorageConfig.name]: { url: this.place.url ?? '' },
    };
    return Object.assign(new section(), given[section.name]);
  }

  secretValues(): ReadonlySet<string> {
    return new Set();
  }

  update(): Promise<void> {
    return Promise.reject(new Error('nothing to write here'));
  }
}

/** Nothing but the ground, the database, the idempotency room and test routes, on a real socket. */
export async function startIdempotencyApp(place: DatabaseOptions, gateway: Partial<GatewayConfig> = {}) {
  register.clear();
  const clock = new SteeredClock();
  const events = new EventBus();
  const outcomes: string[] = [];
  events.on('idempotency.outcome', ({ outcome }) => outcomes.push(outcome));

  @Global()
  @Module({
    providers: [
      { provide: Clock, useValue: clock },
      { provide: EventBus, useValue: events },
      { provide: ConfigService, useValue: new FixedConfig(place, gateway) },
    ],
    exports: [Clock, EventBus, ConfigService],
  })
  class Ground {}

  @Module({
    imports: [Ground, DatabaseModule, IdempotencyModule],
    controllers: [IdempotencyRoutes],
    providers: [{ provide: APP_FILTER, useClass: ErrorFilter }],
  })
  class App {}

  const app = await NestFactory.create<NestExpressApplication>(App, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    const id = request.headers['x-test-caller'];
    if (typeof id === 'string') (request as unknown as GatewayRequest).principal = { id, name: null, scopes: [] };
    response.setHeader('X-Request-Id', String(Math.random()));
    if (request.path === '/own-reader') next();
    else jsonBody(request, response, next);
  });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');

  return {
    url,
    clock,
    outcomes,
    routes: app.get(IdempotencyRoutes),
    database: app.get(Database),
    metrics: () => register.metrics(),
    post: (path: string, key?: string, body: unknown = {}, headers: Record<string, string> = {}) =>
      post(url + path, key, body, headers),
    stop: () => app.close(),
  };
}

export function post(url: string, key?: string, body: unknown = {}, headers: Record<string, string> = {}) {
  const own = { 'Content-Type': 'application/json', ...(key === undefined ? {} : { 'Idempotency-Key': key }) };
  return fetch(url, {
    method: 'POST',
    headers: { ...own, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
  });
}
