import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ConfigWatcher } from '../../../../src/platform/config/config-watcher';
import type { FileConfigService } from '../../../../src/platform/config/file-config.service';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { EventBus } from '../../../../src/platform/events/event-bus';
import { until } from '../../../support/until';
import { tempDir } from '../../../support/temp-dir';
import { HouseConfig, sampleSections } from './sample.config';

describe('a config.toml that changes while the gateway runs', () => {
  let dir: string;
  let remove: () => Promise<void>;
  let config: FileConfigService;
  let watcher: ConfigWatcher;
  let changes: { keys: string[]; needRestart: string[] }[];
  let log: string[];

  const start = async (toml: string, env: Record<string, string> = {}) => {
    await write(toml);
    await run(env);
  };
  const write = (toml: string) => writeFile(join(dir, 'config.toml'), toml, { mode: 0o600 });
  const run = async (env: Record<string, string> = {}) => {
    config = await loadConfig({ sections: sampleSections, configDir: dir, env });
    const events = new EventBus();
    events.on('config.changed', (change) => changes.push(change));
    watcher = new ConfigWatcher(config, events);
    await watcher.onModuleInit();
    await watcher.onApplicationBootstrap();
  };
  const house = () => config.get(HouseConfig);

  beforeEach(async () => {
    ({ path: dir, remove } = await tempDir());
    changes = [];
    log = [];
    const keep = (line: unknown) => void log.push(String(line));
    Logger.overrideLogger({ log: keep, warn: keep, error: keep });
  });
  afterEach(async () => {
    watcher.onApplicationShutdown();
    Logger.overrideLogger(false);
    await remove();
  });

  it('takes up live keys and names the others', async () => {
    await start('[house]\nport = 1\ndegrees = 1.5\n');

    await write('[house]\nport = 2\ndegrees = 2.5\nguests = ["Bob"]\n');

    await until(() => changes.length > 0);
    expect(house()).toMatchObject({ port: 2, degrees: 1.5, guests: ['Bob'] });
    expect(changes).toEqual([
      { keys: ['house.port', 'house.degrees', 'house.guests'], needRestart: ['house.degrees'], source: 'file' },
    ]);
    expect(log).toEqual([
      'config.toml changed: took up house.port, house.guests',
      'config.toml changed: restart the gateway for house.degrees',
    ]);
  });

  it('keeps the old configuration when the new file is broken, and takes up the mended one', async () => {
    await start('[house]\nport = 1\n');

    await write('[house]\nport = 70000\nalarm = 1\n');
    await until(() => log.length > 0);
    expect(house().port).toBe(1);
    expect(log.join()).toMatch(/cannot be used; the configuration stays as it was.*2 mistakes/);
    expect(log.join()).toContain('config.toml:2:1 house.port: found 70000');

    await write('[house]\nport = 3\n');
    await until(() => changes.length > 0);
    expect(house().port).toBe(3);
    expect(log).toHaveLength(2);
  });

  it('goes back to the defaults when the file is removed, and sees it come back', async () => {
    await start('[house]\nport = 1\n');

    await rm(join(dir, 'config.toml'));
    await until(() => house().port === 80);

    await write('[house]\nport = 4\n');
    await until(() => house().port === 4);
  });

  it('follows the links that Kubernetes swaps in a ConfigMap', async () => {
    for (const [name, port] of [
      ['first', 1],
      ['second', 2],
    ] as const) {
      await mkdir(join(dir, name));
      await writeFile(join(dir, name, 'config.toml'), `[house]\nport = ${port}\n`);
    }
    await symlink('first', join(dir, '..data'));
    await symlink(join('..data', 'config.toml'), join(dir, 'config.toml'));
    await run();

    await symlink('second', join(dir, '..data_tmp'));
    await rename(join(dir, '..data_tmp'), join(dir, '..data'));

    await until(() => house().port === 2);
  });

  it('leaves alone what the environment decides', async () => {
    await start('[house]\nport = 1\n', { ZEROCLAW_GATEWAY_PORT: '99' });

    await write('[house]\nport = 2\nguests = ["x"]\n');

    await until(() => changes.length > 0);
    expect(house().port).toBe(99);
    expect(changes[0]?.keys).toEqual(['house.guests']);
  });

  it("announces the gateway's own changes once", async () => {
    await start('[house]\nport = 1\n');

    await config.update('house.port', () => 2);
    expect(changes).toEqual([{ keys: ['house.port'], needRestart: [], source: 'gateway' }]);

    await write('[house]\nport = 2\nguests = ["x"]\n');
    await until(() => house().guests.length > 0);
    expect(changes.map(({ keys }) => keys)).toEqual([['house.port'], ['house.guests']]);
  });

  it('logs the warnings of the file at the start, and new ones when they appear', async () => {
    await start('[house]\nprot = 1\n');
    expect(log).toEqual([expect.stringContaining('did you mean house.port?')]);

    await write('[house]\nprot = 1\ngusts = []\n');

    await until(() => log.length > 1);
    expect(log.slice(1)).toEqual([expect.stringContaining('did you mean house.guests?')]);
  });

  it('sees a change made between loading and starting', async () => {
    await write('[house]\nport = 1\n');
    config = await loadConfig({ sections: sampleSections, configDir: dir, env: {} });
    await write('[house]\nport = 2\n');
    watcher = new ConfigWatcher(config, new EventBus());
    await watcher.onApplicationBootstrap();

    await until(() => house().port === 2);
  });
});
