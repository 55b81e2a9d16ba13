import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { EgressConfig } from '../../src/platform/egress/egress.config';
import { EventBus, type GatewayEvents } from '../../src/platform/events/event-bus';
import { HealthService } from '../../src/platform/health/health.service';
import { ModelsConfig } from '../../src/providers/models.config';
import { ModelsService, type Question, type RoutedEvent } from '../../src/providers/models.service';
import type { ModelEvent, Usage } from '../../src/providers/provider';
import { ProvidersModule } from '../../src/providers/providers.module';
import { ReliabilityConfig } from '../../src/providers/reliability.config';
import { tempDir } from './temp-dir';

export interface ModelsUnderTest {
  models: ModelsService;
  events: EventBus;
  /** `model.response` announcements so far. */
  calls: GatewayEvents['model.response'][];
  /** Writes the file anew and has the running configuration take it over. */
  reconfigure(toml: string): Promise<void>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** The models room alone, on a real configuration file, with the given environment and clock. */
export async function startModels(
  toml = '',
  { env = {}, clock = new Clock() }: { env?: Record<string, string>; clock?: Clock } = {},
): Promise<ModelsUnderTest> {
  const dir = await tempDir();
  const write = (text: string) => writeFile(join(dir.path, 'config.toml'), text, { mode: 0o600 });
  await write(toml);
  register.clear();
  Logger.overrideLogger(false);
  const sections = [ModelsConfig, ReliabilityConfig, EgressConfig];
  const config = await loadConfig({ sections, configDir: dir.path, env }).catch(async (error: unknown) => {
    await dir.remove();
    throw error;
  });
  const events = new EventBus();
  const module = await Test.createTestingModule({
    imports: [ground(config, events, clock), ProvidersModule],
  }).compile();
  await module.init();
  const calls: GatewayEvents['model.response'][] = [];
  events.on('model.response', (call) => calls.push(call));
  return {
    models: module.get(ModelsService),
    events,
    calls,
    reconfigure: async (text) => {
      await write(text);
      await config.reload();
    },
    metrics: () => register.metrics(),
    stop: async () => {
      await module.close();
      await dir.remove();
    },
  };
}

function ground(config: ConfigService, events: EventBus, clock: Clock): DynamicModule {
  @Global()
  @Module({})
  class TestGround {}
  const providers = [
    { provide: ConfigService, useValue: config },
    { provide: EventBus, useValue: events },
    { provide: Clock, useValue: clock },
    HealthService,
  ];
  return { module: TestGround, providers, exports: [ConfigService, EventBus, Clock, HealthService] };
}

export const patient = (): AbortSignal => new AbortController().signal;

export const saying = (content: string): Question => ({ messages: [{ role: 'user', content }] });

/** Everything a model said, put together. */
export interface Said {
  text: string;
  reasoning: string;
  toolCalls: { id: string; name: string; arguments: string }[];
  usage: Usage | undefined;
  finish: string | undefined;
  events: (ModelEvent | RoutedEvent)[];
}

export async function listen(stream: AsyncIterable<ModelEvent | RoutedEvent>): Promise<Said> {
  const said: Said = { text: '', reasoning: '', toolCalls: [], usage: undefined, finish: undefined, events: [] };
  for await (const event of stream) {
    said.events.push(event);
    if (event.type === 'text') said.text += event.text;
    else if (event.type === 'reasoning') said.reasoning += event.text;
    else if (event.type === 'usage') said.usage = event.usage;
    else if (event.type === 'finish') said.finish = event.reason;
    else if (event.type === 'tool_call') {
      const call = (said.toolCalls[event.index] ??= { id: event.id ?? '', name: event.name ?? '', arguments: '' });
      call.arguments += event.arguments;
    }
  }
  return said;
}
