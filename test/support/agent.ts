import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { AgentModule } from '../../src/agent/agent.module';
import { AgentService } from '../../src/agent/agent.service';
import { SessionRepository } from '../../src/agent/session.repository';
import type { TurnEvent, TurnRequest } from '../../src/agent/turn';
import { configSections } from '../../src/config-sections';
import { Clock } from '../../src/platform/clock';
import { loadConfig } from '../../src/platform/config/load-config';
import { DatabaseModule } from '../../src/platform/database/database.module';
import type { GatewayEvents } from '../../src/platform/events/event-bus';
import { EventBus } from '../../src/platform/events/event-bus';
import { RequestTracker } from '../../src/platform/http/request-tracker';
import { PlatformModule } from '../../src/platform/platform.module';
import type { ChatRequest, ModelEvent, ModelProvider } from '../../src/providers/provider';
import { ProviderFactory } from '../../src/providers/provider-factory';
import type { Tool } from '../../src/tools/tool';
import { tempDir } from './temp-dir';

/** What the model does when it is asked once. */
export type Step = ModelEvent[] | ((request: ChatRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>);

/** A model host that plays a script, one step per call. */
export class ScriptedProvider implements ModelProvider {
  readonly id = 'scripted';
  capabilities = { tools: true, vision: true, json: true };
  readonly requests: ChatRequest[] = [];
  private readonly steps: Step[] = [];

  script(...steps: Step[]): void {
    this.steps.push(...steps);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    this.requests.push(request);
    const step = this.steps.shift();
    if (!step) throw new Error('the script has no more steps');
    yield* Array.isArray(step) ? step : step(request, signal);
  }
}

/** A whole answer in the given pieces of text. */
export function says(...pieces: string[]): ModelEvent[] {
  return [
    ...pieces.map((text) => ({ type: 'text' as const, text })),
    { type: 'usage', usage: { inputTokens: 10, outputTokens: pieces.length } },
    { type: 'finish', reason: 'stop' },
  ];
}

/** An answer that asks for tools; arguments that are no text are written as JSON. */
export function calls(...wanted: [name: string, args: unknown][]): ModelEvent[] {
  return [
    ...wanted.map(([name, args], index) => ({
      type: 'tool_call' as const,
      index,
      id: `call_${name}_${index}`,
      name,
      arguments: typeof args === 'string' ? args : JSON.stringify(args),
    })),
    { type: 'finish', reason: 'tool_calls' },
  ];
}

export interface AgentUnderTest {
  agent: AgentService;
  model: ScriptedProvider;
  sessions: SessionRepository;
  /** The folder of config.toml. */
  dir: string;
  /** A provider of the application. */
  get<T>(type: Type<T>): T;
  /** Runs a turn to its end and gives all its events. */
  run(turn: Partial<TurnRequest> & { text?: string }, signal?: AbortSignal): Promise<TurnEvent[]>;
  /** What was announced under this name so far. */
  announced<K extends keyof GatewayEvents>(name: K): GatewayEvents[K][];
  stop(): Promise<void>;
}

/** A turn of a test, with something in every required field. */
export function turn({ text = 'hi', ...rest }: Partial<TurnRequest> & { text?: string }): TurnRequest {
  return { door: 'api_chat', owner: 'tester', mode: 'agent', messages: [{ role: 'user', content: text }], ...rest };
}

export interface AgentOptions {
  /** Goes behind the top-level keys. */
  toml?: string;
  tools?: Type<Tool>[];
  clock?: Clock;
}

/** The real agent with its real tools, sessions, memory and database; only the model host plays a script. */
export async function startAgent(options: AgentOptions = {}): Promise<AgentUnderTest> {
  const dir = await tempDir();
  await writeFile(
    join(dir.path, 'config.toml'),
    `default_provider = "openai"\napi_key = "k"\n[reliability]\nprovider_retries = 0\n${options.toml ?? ''}`,
    { mode: 0o600 },
  );
  const config = await loadConfig({ sections: configSections, configDir: dir.path, env: {} });
  const model = new ScriptedProvider();
  const events = new EventBus();
  const log: [string, unknown][] = [];
  for (const name of ['turn.started', 'turn.finished', 'tool.called'] as const) {
    events.on(name, (event) => log.push([name, event]));
  }
  register.clear();
  const ground = PlatformModule.register({ config, events, requests: new RequestTracker() });
  const module = await Test.createTestingModule({
    imports: [ground, DatabaseModule, AgentModule],
    providers: options.tools ?? [],
  })
    .overrideProvider(ProviderFactory)
    .useValue({ create: () => model })
    .overrideProvider(Clock)
    .useValue(options.clock ?? new Clock())
    .setLogger({ log() {}, error() {}, warn() {} })
    .compile();
  await module.init();
  const agent = module.get(AgentService, { strict: false });
  return {
    agent,
    model,
    sessions: module.get(SessionRepository, { strict: false }),
    dir: dir.path,
    get: (type) => module.get(type, { strict: false }),
    run: (wanted, signal = new AbortController().signal) => all(agent.run(turn(wanted), signal)),
    announced: <K extends keyof GatewayEvents>(name: K) =>
      log.filter(([announcedName]) => announcedName === name).map(([, event]) => event as GatewayEvents[K]),
    stop: async () => {
      await module.close();
      await dir.remove();
    },
  };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
