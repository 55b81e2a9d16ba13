import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { AgentService } from '../../src/agent/agent.service';
import { SessionRepository } from '../../src/agent/session.repository';
import { SessionsService } from '../../src/agent/sessions.service';
import { ToolRunner } from '../../src/agent/tool-runner';
import { TurnKit } from '../../src/agent/turn-kit';
import type { TurnEvent, TurnRequest } from '../../src/agent/turn';
import { configSections } from '../../src/config-sections';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { Database } from '../../src/platform/database/database';
import { KyselyDatabase } from '../../src/platform/database/kysely-database';
import type { GatewayEvents } from '../../src/platform/events/event-bus';
import { EventBus } from '../../src/platform/events/event-bus';
import { LeakGuard } from '../../src/platform/leak-guard/leak-guard';
import { Circuits } from '../../src/providers/circuits';
import { ModelsService } from '../../src/providers/models.service';
import type { ChatRequest, ModelEvent, ModelProvider } from '../../src/providers/provider';
import { ProviderFactory } from '../../src/providers/provider-factory';
import { ENVIRONMENT, ProviderRegistry } from '../../src/providers/provider.registry';
import { CalculateTool } from '../../src/tools/calculate.tool';
import { CurrentTimeTool } from '../../src/tools/current-time.tool';
import type { Tool } from '../../src/tools/tool';
import { ToolArguments } from '../../src/tools/tool-arguments';
import { ToolRegistry } from '../../src/tools/tool.registry';
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

/** The real agent with its real tools, sessions and database; only the model host plays a script. */
export async function startAgent(options: { toml?: string; tools?: Type<Tool>[] } = {}): Promise<AgentUnderTest> {
  const dir = await tempDir();
  await writeFile(
    join(dir.path, 'config.toml'),
    `default_provider = "openai"\napi_key = "k"\n[reliability]\nprovider_retries = 0\n${options.toml ?? ''}`,
    { mode: 0o600 },
  );
  const config = await loadConfig({ sections: configSections, configDir: dir.path, env: {} });
  const database = await KyselyDatabase.open({ dataDir: dir.path });
  const model = new ScriptedProvider();
  const events = new EventBus();
  const log: [string, unknown][] = [];
  for (const name of ['turn.started', 'turn.finished', 'tool.called'] as const) {
    events.on(name, (event) => log.push([name, event]));
  }
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      Clock,
      { provide: ConfigService, useValue: config },
      { provide: EventBus, useValue: events },
      { provide: Database, useValue: database },
      { provide: ProviderFactory, useValue: { create: () => model } },
      { provide: ENVIRONMENT, useValue: {} },
      Circuits,
      ProviderRegistry,
      ModelsService,
      ToolRegistry,
      ToolArguments,
      CurrentTimeTool,
      CalculateTool,
      ...(options.tools ?? []),
      ToolRunner,
      TurnKit,
      LeakGuard,
      SessionsService,
      SessionRepository,
      AgentService,
    ],
  })
    .setLogger({ log() {}, error() {}, warn() {} })
    .compile();
  await module.init();
  const agent = module.get(AgentService);
  return {
    agent,
    model,
    sessions: module.get(SessionRepository),
    run: (wanted, signal = new AbortController().signal) => all(agent.run(turn(wanted), signal)),
    announced: <K extends keyof GatewayEvents>(name: K) =>
      log.filter(([announcedName]) => announcedName === name).map(([, event]) => event as GatewayEvents[K]),
    stop: async () => {
      await module.close();
      await database.close();
      await dir.remove();
    },
  };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
