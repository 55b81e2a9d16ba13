import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cronCalls } from '../../support/cron';
import type { RunBody } from '../../support/cron';
import { describeEachDatabase } from '../../support/databases';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const TOKEN = `zcl_live_${'cd'.repeat(32)}`;
/** How often the process is killed. */
const KILLS = 3;

// Several processes start per test, on machines that may be busy.
jest.setTimeout(90_000);

describeEachDatabase('jobs of processes', (_open, { options }) => {
  const processes: GatewayProcess[] = [];
  let dir: Awaited<ReturnType<typeof tempDir>>;
  /** Appends a line to the log each time it runs. */
  let script: string;

  beforeEach(async () => {
    dir = await tempDir();
    const tools = join(dir.path, 'tools');
    await mkdir(tools);
    script = join(tools, 'note.sh');
    await writeFile(script, `#!/bin/sh\necho x >> "$(dirname "$0")/log"\n`);
    await chmod(script, 0o755);
    const { url } = options();
    await writeFile(
      join(dir.path, 'config.toml'),
      `default_provider = "echo"
[autonomy]
level = "full"
non_cli_excluded_tools = []
workspace_only = false
forbidden_paths = []
allowed_commands = [${JSON.stringify(script)}, "sleep"]
max_actions_per_hour = 100000
[cron]
max_run_history = 1000
[reliability]
scheduler_poll_secs = 1
[gateway]
webhook_rate_limit_per_minute = 0
${url === undefined ? '' : `[storage]\nurl = ${JSON.stringify(url)}\n`}`,
      { mode: 0o600 },
    );
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((gateway) => gateway.kill('SIGKILL')));
    await dir.remove();
  });

  const start = async () => {
    const gateway = await spawnGateway({ dir: dir.path, env: { ZEROCLAW_GATEWAY_TOKEN: TOKEN } });
    processes.push(gateway);
    return gateway;
  };
  const callsOf = ({ url }: GatewayProcess) =>
    cronCalls((path, init) =>
      fetch(url + path, {
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        ...(init && { method: 'POST', body: JSON.stringify(init.json) }),
      }),
    );
  const lines = async () =>
    (await readFile(join(dir.path, 'tools', 'log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
      .length;
  const started = (runs: RunBody[]) => runs.filter(({ started_at: at }) => at !== null);

  it('run each due time once, however many processes there are', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const jobs = await Promise.all(
      [one, two].map((gateway) => callsOf(gateway).add({ command: script, every_ms: 1000, overlap: 'allow' })),
    );
    const calls = callsOf(one);
    for (const { id } of jobs) await calls.ended(id, 5);
    await Promise.all(jobs.map(({ id }) => fetch(`${two.url}/api/cron/${id}`, off)));
    await until(async () =>
      (await Promise.all(jobs.map(({ id }) => calls.runs(id)))).flat().every(({ status }) => status !== 'running'),
    );

    const runs = await Promise.all(jobs.map(({ id }) => calls.runs(id)));
    for (const of of runs) {
      const due = of.map(({ due_at }) => due_at);
      expect(new Set(due).size).toBe(due.length);
      expect(of.map(({ status, error }) => `${status} ${error}`)).toEqual(of.map(() => 'ok null'));
    }
    expect(await lines()).toBe(runs.flat().length);
  });

  it('run each due time at most once, also when they are killed at random moments', async () => {
    let gateway = await start();
    const { id } = await callsOf(gateway).add({ command: script, every_ms: 1000, overlap: 'allow' });
    for (let kill = 0; kill < KILLS; kill++) {
      await callsOf(gateway).ended(id, (await callsOf(gateway).runs(id)).length + 1);
      const moment = performance.now() + Math.random() * 1100;
      await until(() => performance.now() > moment);
      await gateway.kill('SIGKILL');
      gateway = await start();
    }
    const calls = callsOf(gateway);
    const known = (await calls.runs(id)).length;
    await calls.ended(id, known + 1);
    await fetch(`${gateway.url}/api/cron/${id}`, off);
    const own = (run: RunBody) => run.status === 'running';
    // Those of the killed processes are interrupted when their leases are over; they are not started again.
    const settled = async () => (await calls.runs(id)).filter(own).length <= KILLS;
    await until(settled);

    const runs = await calls.runs(id);
    const due = runs.map(({ due_at }) => due_at);
    expect(new Set(due).size).toBe(due.length);
    const good = runs.filter(({ status }) => status === 'ok').length;
    expect(good).toBeGreaterThan(KILLS);
    expect(await lines()).toBeGreaterThanOrEqual(good);
    expect(await lines()).toBeLessThanOrEqual(started(runs).length);
  });

  it('never start a one-shot again whose process was killed', async () => {
    const first = await start();
    const at = new Date(Date.now() + 300).toISOString();
    const { id } = await callsOf(first).add({ command: `${script} && sleep 20`, at });
    await until(async () => (await lines()) === 1);
    await first.kill('SIGKILL');

    const second = await start();
    const calls = callsOf(second);
    const probe = await calls.add({ command: script, every_ms: 1000 });
    await calls.ended(probe.id, 2);
    await fetch(`${second.url}/api/cron/${probe.id}`, off);
    await until(async () => (await calls.runs(probe.id)).every(({ status }) => status !== 'running'));
    expect(await calls.job(id)).toMatchObject({ enabled: false, next_run: null });
    expect(await calls.runs(id)).toHaveLength(1);
    expect(await lines()).toBe((await calls.runs(probe.id)).filter(({ status }) => status === 'ok').length + 1);
  });

  const off = {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: '{"enabled":false}',
  };
});
