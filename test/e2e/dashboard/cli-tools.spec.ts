import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { tempDir } from '../../support/temp-dir';

let gateway: GatewayUnderTest;
let bin: Awaited<ReturnType<typeof tempDir>>;

beforeEach(async () => {
  bin = await tempDir();
  const program = async (name: string, script: string) => {
    await writeFile(join(bin.path, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin.path, name), 0o755);
  };
  await program('git', 'echo "git version 9.9"; echo more; echo "$OPENAI_API_KEY" > "$0.seen"');
  await program('python3', 'echo "Python 3.99" >&2');
  await program('node', 'exec sleep 60');
  await program('docker', 'exit 3');
  await program('kubectl', 'echo "$@"');
  await program('make', 'yes');
  await writeFile(join(bin.path, 'cargo'), 'not executable');
  gateway = await startGateway({ env: { PATH: `${bin.path}:/bin:/usr/bin`, OPENAI_API_KEY: 'sk-gateways-own' } });
});
afterEach(async () => {
  await gateway.stop();
  await bin.remove();
});

const list = async () => {
  const response = await gateway.fetch('/api/cli-tools');
  const { cli_tools: tools } = (await response.json()) as { cli_tools: { name: string; path: string }[] };
  return tools.filter(({ path }) => path.startsWith(bin.path));
};

it('asks every program at once, waits for none of them long, and remembers', async () => {
  const began = performance.now();
  const found = await list();
  const first = performance.now() - began;

  const tool = (name: string, category: string, version: string | null) => ({
    name,
    path: join(bin.path, name),
    version,
    category,
  });
  expect(found).toEqual([
    tool('git', 'VersionControl', 'git version 9.9'),
    tool('python3', 'Language', 'Python 3.99'),
    tool('node', 'Language', null),
    tool('docker', 'Container', null),
    tool('make', 'Build', null),
    tool('kubectl', 'Cloud', 'version --client'),
  ]);
  expect(first).toBeLessThan(8_000);

  const again = performance.now();
  expect(await Promise.all([list(), list()])).toEqual([found, found]);
  expect(performance.now() - again).toBeLessThan(1_000);
}, 30_000);

it('GET /api/health tells how the parts do', async () => {
  expect(await (await gateway.fetch('/api/health')).json()).toMatchObject({
    health: {
      pid: process.pid,
      updated_at: expect.any(String),
      uptime_seconds: expect.any(Number),
      components: { gateway: { status: 'ok', restart_count: 0 } },
    },
  });
});
