import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Global, Logger, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import type { Channel, ChannelRequest, OutboundPart } from '../../src/channels/core/channel';
import { channelNameOf } from '../../src/channels/core/channel-name';
import { ChannelRegistry } from '../../src/channels/core/channel.registry';
import type { RosterEntry } from '../../src/channels/roster';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { sectionMeta } from '../../src/platform/config/section';
import { EgressConfig } from '../../src/platform/egress/egress.config';
import { UrlAccessConfig } from '../../src/platform/egress/url-access.config';
import { EventBus } from '../../src/platform/events/event-bus';
import { LeakGuard } from '../../src/platform/leak-guard/leak-guard';
import { LeakGuardConfig } from '../../src/platform/leak-guard/leak-guard.config';
import { tempDir } from './temp-dir';

export interface ChannelUnderTest {
  channel: Channel;
  /** Writes the keys of its table anew; the running channel has them when this resolves. */
  reconfigure(table: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ChannelTestOptions {
  /** The keys of its table, in TOML without the header. */
  table?: string;
  env?: Record<string, string>;
  clock?: Clock;
  /** To announce what the rest of the gateway would. */
  events?: EventBus;
}

/** One channel's own module on a real configuration file and the real way out; no queues, no door. */
export async function startChannel(
  entry: RosterEntry,
  { table = '', env = {}, clock = new Clock(), events = new EventBus() }: ChannelTestOptions = {},
): Promise<ChannelUnderTest> {
  const dir = await tempDir();
  const write = (keys: string) =>
    writeFile(join(dir.path, 'config.toml'), `[${sectionMeta(entry.config).path}]\n${keys}\n`, { mode: 0o600 });
  await write(table);
  register.clear();
  Logger.overrideLogger(false);
  const sections = [entry.config, EgressConfig, UrlAccessConfig, LeakGuardConfig];
  const config = await loadConfig({ sections, configDir: dir.path, env }).catch(async (error: unknown) => {
    await dir.remove();
    throw error;
  });
  const module = await Test.createTestingModule({
    imports: [ground(config, clock, events), DiscoveryModule, entry.module],
    providers: [ChannelRegistry],
  }).compile();
  await module.init();
  const found = module.get(ChannelRegistry).get(channelNameOf(entry.config));
  if (!found) throw new Error(`${entry.module.name} has no class with @RegisterChannel`);
  return {
    channel: found.channel,
    reconfigure: async (keys) => {
      await write(keys);
      await config.reload();
    },
    stop: async () => {
      await module.close();
      await dir.remove();
    },
  };
}

function ground(config: ConfigService, clock: Clock, events: EventBus): DynamicModule {
  @Global()
  @Module({})
  class TestGround {}
  const providers = [
    { provide: ConfigService, useValue: config },
    { provide: Clock, useValue: clock },
    { provide: EventBus, useValue: events },
    LeakGuard,
  ];
  return { module: TestGround, providers, exports: providers.map((one) => ('provide' in one ? one.provide : one)) };
}

/** The bytes of `test/fixtures/channels/<channel>/<file>`. */
export function fixture(channel: string, file: string): Buffer {
  return readFileSync(join(__dirname, '..', 'fixtures', 'channels', channel, file));
}

/** A platform's request as the door hands it to the channel. Names of headers in lower case. */
export function channelRequest(
  body: Buffer | string,
  headers: IncomingHttpHeaders = {},
  more: Partial<ChannelRequest> = {},
): ChannelRequest {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    query: new URLSearchParams(),
    body: Buffer.from(body),
    receivedAt: Date.now(),
    ...more,
  };
}

/** A part of an answer as the outbox hands it to the channel. */
export function part(more: Partial<OutboundPart> & Pick<OutboundPart, 'conversation'>): OutboundPart {
  return { id: 'out_1.0', text: 'hello', replyTo: undefined, index: 0, attempt: 0, ...more };
}

/** A signal that nobody aborts. */
export const patient = (): AbortSignal => new AbortController().signal;
