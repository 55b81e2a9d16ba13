import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { configSections } from '../../src/config-sections';
import { AgingRepository } from '../../src/memory/aging.repository';
import { MemoryAging } from '../../src/memory/memory-aging';
import { MemoryModule } from '../../src/memory/memory.module';
import { MemoryService } from '../../src/memory/memory.service';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { Database } from '../../src/platform/database/database';
import { EventBus } from '../../src/platform/events/event-bus';
import { HealthService } from '../../src/platform/health/health.service';
import { MemoryForgetTool } from '../../src/tools/memory/memory-forget.tool';
import { MemoryRecallTool } from '../../src/tools/memory/memory-recall.tool';
import { MemoryStoreTool } from '../../src/tools/memory/memory-store.tool';
import { tempDir } from './temp-dir';
import { TestClock } from './test-clock';

/** The memory room and its tools over a real database, with a clock that the test moves. */
export async function startMemory(database: Database, toml = '') {
  const dir = await tempDir();
  await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
  const config = await loadConfig({ sections: configSections, configDir: dir.path, env: {} });
  const clock = new TestClock();
  register.clear();
  const ground = [
    { provide: ConfigService, useValue: config },
    { provide: Clock, useValue: clock },
    { provide: Database, useValue: database },
    EventBus,
    HealthService,
  ];
  @Global()
  @Module({ providers: ground, exports: [ConfigService, Clock, Database, EventBus, HealthService] })
  class TestGround {}
  const module = await Test.createTestingModule({
    imports: [TestGround, MemoryModule],
    providers: [MemoryStoreTool, MemoryRecallTool, MemoryForgetTool],
  })
    .setLogger({ log() {}, error() {}, warn() {} })
    .compile();
  await module.init();
  return {
    clock,
    memory: module.get(MemoryService),
    aging: module.get(MemoryAging),
    agingRepository: module.get(AgingRepository),
    health: module.get(HealthService),
    tools: {
      store: module.get(MemoryStoreTool),
      recall: module.get(MemoryRecallTool),
      forget: module.get(MemoryForgetTool),
    },
    stop: async () => {
      await module.close();
      await dir.remove();
    },
  };
}

export type MemoryUnderTest = Awaited<ReturnType<typeof startMemory>>;
