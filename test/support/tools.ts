import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { configSections } from '../../src/config-sections';
import { Clock } from '../../src/platform/clock';
import { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { Database } from '../../src/platform/database/database';
import { KyselyDatabase } from '../../src/platform/database/kysely-database';
import { EventBus } from '../../src/platform/events/event-bus';
import { RequestTracker } from '../../src/platform/http/request-tracker';
import { LeakGuard } from '../../src/platform/leak-guard/leak-guard';
import { Lifecycle } from '../../src/platform/lifecycle/lifecycle';
import { ContentSearchTool } from '../../src/tools/files/content-search.tool';
import { FileEditTool } from '../../src/tools/files/file-edit.tool';
import { FileReadTool } from '../../src/tools/files/file-read.tool';
import { FileWriteTool } from '../../src/tools/files/file-write.tool';
import { GlobSearchTool } from '../../src/tools/files/glob-search.tool';
import { safetyProviders } from '../../src/tools/safety-providers';
import { ShellTool } from '../../src/tools/shell/shell.tool';
import type { ToolContext } from '../../src/tools/tool';
import { ToolRegistry } from '../../src/tools/tool.registry';
import { tempDir } from './temp-dir';
import { TestClock } from './test-clock';

export interface ToolsUnderTest {
  /** The config dir. */
  dir: string;
  workspace: string;
  clock: TestClock;
  events: EventBus;
  get<T>(type: Type<T>): T;
  /** Writes files into the workspace, by path. */
  write(files: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

/** The built-in tools with all that guards them, on a folder and a database of their own. */
export async function startTools(toml = ''): Promise<ToolsUnderTest> {
  const dir = await tempDir();
  await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
  const config = await loadConfig({ sections: configSections, configDir: dir.path, env: {} });
  const database = await KyselyDatabase.open({ dataDir: join(dir.path, 'data') });
  const clock = new TestClock();
  const events = new EventBus();
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      { provide: Clock, useValue: clock },
      { provide: ConfigService, useValue: config },
      { provide: EventBus, useValue: events },
      { provide: Database, useValue: database },
      LeakGuard,
      RequestTracker,
      Lifecycle,
      ToolRegistry,
      ...safetyProviders,
      FileReadTool,
      FileWriteTool,
      FileEditTool,
      GlobSearchTool,
      ContentSearchTool,
      ShellTool,
    ],
  })
    .setLogger({ log() {}, error() {}, warn() {} })
    .compile();
  await module.init();
  const workspace = join(dir.path, 'workspace');
  await mkdir(workspace);
  return {
    dir: dir.path,
    workspace,
    clock,
    events,
    get: (type) => module.get(type),
    write: async (files) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(workspace, path)), { recursive: true });
        await writeFile(join(workspace, path), text);
      }
    },
    stop: async () => {
      await module.close();
      await database.close();
      await dir.remove();
    },
  };
}

/** A call of nobody in particular. */
export function toolContext(parts: Partial<ToolContext> = {}): ToolContext {
  return { sessionId: undefined, signal: new AbortController().signal, owner: 'anna', door: 'api_chat', ...parts };
}
