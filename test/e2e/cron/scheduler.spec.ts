import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../../src/cron/job';
import { JobRepository } from '../../../src/cron/job.repository';
import { JobRunner } from '../../../src/cron/job-runner';
import { RunRepository } from '../../../src/cron/run.repository';
import { CRON_TOML, startCron } from '../../support/cron';
import type { CronUnderTest, RunBody } from '../../support/cron';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let cron: CronUnderTest;

beforeEach(async () => (cron = await startCron()));
afterEach(async () => {
  jest.restoreAllMocks();
  await cron.stop();
});

const statuses = (runs: RunBody[]) => runs.map(({ status }) => status);
const patch = (id: string, json: object) => cron.fetch(`/api/cron/${id}`, { method: 'PATCH', json });
const dueOf = (job: { next_run: string | null }) => Date.parse(job.next_run ?? '');

async function again(toml: string): Promise<void> {
  await cron.stop();
  cron = await startCron({ toml });
}

describe('a due time', () => {
  it('is taken up when it comes, once, however often the scheduler looks', async () => {
    const job = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    const due = dueOf(job);

    await cron.goTo(due - 1);
    expect(await cron.runs(job.id)).toEqual([]);
    await cron.goTo(due);
    await cron.ended(job.id);
    for (const later of [0, 1, 500]) await cron.goTo(due + later);

    expect(await cron.runs(job.id)).toMatchObject([{ due_at: job.next_run, status: 'ok' }]);
    expect(dueOf((await cron.job(job.id)) ?? job)).toBe(due + MINUTE);
  });

  it('comes by itself, on time', async () => {
    const job = await cron.add({ prompt: 'hi', every_ms: 1000 });
    const [second, first] = await cron.ended(job.id, 2);
    for (const run of [first, second]) {
      const late = Date.parse(run?.started_at ?? '') - Date.parse(run?.due_at ?? '');
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(900);
    }
    expect(Date.parse(second?.due_at ?? '') - Date.parse(first?.due_at ?? '')).toBe(1000);
  });

  it('follows a change of the schedule at once', async () => {
    const job = await cron.add({ prompt: 'hi', schedule: '0 0 1 1 *' });
    await patch(job.id, { every_ms: 1000 });
    expect((await cron.ended(job.id))[0]?.status).toBe('ok');
  });

  it('does not come again when the clock is set back', async () => {
    const job = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    const due = dueOf(job);
    await cron.goTo(due);
    await cron.ended(job.id);
    await cron.goTo(due - HOUR);
    await patch(job.id, { enabled: false });
    await patch(job.id, { enabled: true });
    await cron.goTo(due);
    expect(await cron.runs(job.id)).toHaveLength(1);
    await cron.goTo(due + MINUTE);
    expect(await cron.ended(job.id, 2)).toHaveLength(2);
  });

  it('is not taken up while the scheduler is off, and is missed then', async () => {
    const job = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    const file = join(cron.dir, 'config.toml');
    const toml = await readFile(file, 'utf8');
    const started = () => cron.get(JobRunner);
    await writeFile(file, `${toml}\n[scheduler]\nenabled = false\n`);
    await until(async () => {
      await cron.goTo(dueOf(job) - 1);
      return (await (await cron.fetch('/api/audit?type=config.changed')).text()).includes('scheduler.enabled');
    });
    await cron.goTo(dueOf(job) + HOUR);
    expect([await cron.runs(job.id), started().count]).toEqual([[], 0]);

    await writeFile(file, toml);
    expect(await cron.ended(job.id)).toMatchObject([{ due_at: job.next_run, status: 'ok' }]);
  });
});

describe('due times that were missed', () => {
  it.each([
    ['run_once', 'ok'],
    ['skip', 'skipped'],
  ])('with %s become one run, which is %s', async (missed, status) => {
    const job = await cron.add({ prompt: 'hi', every_ms: MINUTE, missed });
    await cron.goTo(dueOf(job) + HOUR);
    await cron.ended(job.id);
    await cron.goTo(dueOf(job) + HOUR);

    expect(await cron.runs(job.id)).toMatchObject([{ status, due_at: job.next_run }]);
    expect(dueOf((await cron.job(job.id)) ?? job)).toBe(dueOf(job) + HOUR + MINUTE);
    await cron.goTo(dueOf(job) + HOUR + MINUTE);
    expect(statuses(await cron.ended(job.id, 2))).toEqual(['ok', status]);
  });

  it('are merely late when the gateway was only starting anew', async () => {
    const dir = await tempDir();
    const first = await startCron({ dir: dir.path });
    const job = await first.add({ prompt: 'hi', at: new Date(Date.now() + 400).toISOString(), missed: 'skip' });
    await first.stop();
    await until(() => Date.now() > dueOf(job));

    const second = await startCron({ dir: dir.path });
    expect(await second.ended(job.id)).toMatchObject([{ status: 'ok', due_at: job.next_run }]);
    await second.stop();
    await dir.remove();
  });
});

describe('a one-shot', () => {
  it('fires once, is off afterwards, and needs a new time', async () => {
    const job = await cron.add({ prompt: 'hi', at: new Date(Date.now() + HOUR).toISOString() });
    const due = dueOf(job);
    await cron.goTo(due);
    await cron.ended(job.id);
    for (const hours of [0, 1, 2]) await cron.goTo(due + hours * HOUR);

    expect(await cron.runs(job.id)).toHaveLength(1);
    expect(await cron.job(job.id)).toMatchObject({ enabled: false, next_run: null, last_status: 'ok' });
    const refused = await patch(job.id, { enabled: true });
    expect([refused.status, await refused.json()]).toMatchObject([400, { field: 'enabled' }]);
    await patch(job.id, { enabled: true, at: new Date(due + 3 * HOUR).toISOString() });
    await cron.goTo(due + 3 * HOUR);
    expect(await cron.ended(job.id, 2)).toHaveLength(2);
  });

  it('is forgotten a month after it ran', async () => {
    const job = await cron.add({ prompt: 'hi', at: new Date(Date.now() + HOUR).toISOString() });
    await cron.goTo(dueOf(job));
    await cron.ended(job.id);
    await cron.goTo(dueOf(job) + 29 * 24 * HOUR);
    expect(await cron.job(job.id)).toMatchObject({ id: job.id });
    await cron.goTo(dueOf(job) + 31 * 24 * HOUR);
    expect(await cron.job(job.id)).toBeUndefined();
  });
});

describe('where the clocks jump', () => {
  it.each([
    ['Europe/Berlin', '2027-03-27T12:00:00Z', '30 2 * * *', ['2027-03-28T01:00:00.000Z', '2027-03-29T00:30:00.000Z']],
    ['Europe/Berlin', '2027-10-30T12:00:00Z', '30 2 * * *', ['2027-10-31T00:30:00.000Z', '2027-11-01T01:30:00.000Z']],
    [
      'America/New_York',
      '2027-03-13T16:00:00Z',
      '30 2 * * *',
      ['2027-03-14T07:00:00.000Z', '2027-03-15T06:30:00.000Z'],
    ],
    [
      'America/New_York',
      '2027-11-06T16:00:00Z',
      '30 1 * * *',
      ['2027-11-07T05:30:00.000Z', '2027-11-08T06:30:00.000Z'],
    ],
  ])('in %s from %s on, %s runs once a day', async (timezone, from, schedule, expected) => {
    await again(CRON_TOML.replace('[cron]', '[reliability]\nscheduler_poll_secs = 300\n[cron]'));
    const start = Date.parse(from);
    await cron.goTo(start);
    const job = await cron.add({ prompt: 'hi', schedule, timezone });
    for (let minutes = 5; minutes <= 48 * 60; minutes += 5) await cron.goTo(start + minutes * MINUTE);
    const runs = await cron.ended(job.id, expected.length);
    expect(runs.map(({ due_at }) => due_at).toReversed()).toEqual(expected);
  });
});

describe('a run whose process died', () => {
  it('is interrupted when its lease is over, is not started again, and holds up nothing', async () => {
    const { id } = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    const job = (await cron.get(JobRepository).find(id)) as Job;
    const now = job.nextDue ?? 0;
    const claim = { runId: 'dead', now, holder: 'another process', leaseUntil: now + 30_000 };
    await cron.get(RunRepository).claim(job, now + MINUTE, claim);

    await cron.goTo(now + 29_000);
    expect(statuses(await cron.runs(id))).toEqual(['running']);
    await cron.goTo(now + 30_000);
    expect(await cron.runs(id)).toMatchObject([{ id: 'dead', status: 'interrupted', output: null }]);
    await cron.goTo(now + MINUTE);
    expect(statuses(await cron.ended(id, 2))).toEqual(['ok', 'interrupted']);
    expect(await (await cron.fetch('/metrics')).text()).toContain(
      'zeroclaw_cron_runs_total{status="interrupted",kind="prompt"} 1',
    );
  });
});

describe('a job that takes long', () => {
  const slow = { command: 'sleep 1.5', every_ms: MINUTE };

  it.each([
    ['skip', ['skipped', 'running'], ['ok', 'skipped', 'ok']],
    ['allow', ['running', 'running'], ['ok', 'ok', 'ok']],
  ])('and its next due time: %s', async (overlap, meanwhile, afterwards) => {
    const job = await cron.add({ ...slow, overlap });
    const due = dueOf(job);
    await cron.goTo(due);
    await cron.goTo(due + MINUTE);
    const runs = await cron.runs(job.id);
    expect(statuses(runs)).toEqual(meanwhile);
    expect(runs[0]?.error).toBe(overlap === 'skip' ? 'the run before it was not over yet' : null);
    await until(() => cron.get(JobRunner).count === 0);
    await cron.goTo(due + 2 * MINUTE);
    expect(statuses(await cron.ended(job.id, 3))).toEqual(afterwards);
  });

  it('and its next due time: queue', async () => {
    const job = await cron.add({ ...slow, overlap: 'queue' });
    const due = dueOf(job);
    await cron.goTo(due);
    await cron.goTo(due + MINUTE);
    expect(statuses(await cron.runs(job.id))).toEqual(['running']);
    expect(statuses(await cron.ended(job.id, 2))).toEqual(['ok', 'ok']);
  });

  it('holds up no other', async () => {
    const one = await cron.add(slow);
    const other = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    await cron.goTo(dueOf(other));
    await cron.ended(other.id);
    expect(statuses(await cron.runs(one.id))).toEqual(['running']);
  });

  it('has only so many beside it; the others follow, each once', async () => {
    await again(`${CRON_TOML}[scheduler]\nmax_concurrent = 2\nmax_tasks = 1\n`);
    const jobs = [];
    for (let n = 0; n < 6; n++) jobs.push(await cron.add({ command: 'sleep 0.2', every_ms: HOUR, missed: 'skip' }));
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, cron.get(JobRunner).count)), 5);
    await cron.goTo(dueOf(jobs[5] ?? { next_run: null }));
    for (const { id } of jobs) expect(statuses(await cron.ended(id))).toEqual(['ok']);
    clearInterval(watch);
    expect(most).toBe(2);
  });

  it('keeps its hands off when it is started by hand', async () => {
    await again(`${CRON_TOML}[scheduler]\nmax_concurrent = 1\n`);
    const job = await cron.add(slow);
    const other = await cron.add(slow);
    const run = (id: string) => cron.fetch(`/api/cron/${id}/run`, { method: 'POST' });
    expect((await run(job.id)).status).toBe(202);
    expect((await run(other.id)).status).toBe(503);
  });

  it('is ended with its job', async () => {
    const job = await cron.add({ command: 'sleep 20', every_ms: MINUTE });
    await cron.goTo(dueOf(job));
    expect(cron.get(JobRunner).count).toBe(1);
    await cron.fetch(`/api/cron/${job.id}`, { method: 'DELETE' });
    await until(() => cron.get(JobRunner).count === 0);
  });
});

describe('whoever made a job', () => {
  it('takes its power along when the token is revoked; an admin may take the job over', async () => {
    const admin = await cron.pair();
    const other = await cron.pair();
    const job = await cron.fetch('/api/cron', { json: { prompt: 'hi', every_ms: MINUTE }, token: other });
    const { job: made } = (await job.json()) as { job: { id: string; owner: string; next_run: string } };
    await cron.fetch(`/api/pairing/devices/${made.owner}`, { method: 'DELETE', token: admin });
    await cron.goTo(made.next_run);

    expect(await cron.runs(made.id)).toMatchObject([{ status: 'skipped', error: expect.stringContaining('revoked') }]);
    expect(await cron.job(made.id)).toMatchObject({ enabled: false, next_run: null });
    expect((await cron.fetch(`/api/cron/${made.id}/run`, { method: 'POST' })).status).toBe(409);

    await patch(made.id, { enabled: true });
    const taken = await cron.job(made.id);
    expect(taken?.owner).not.toBe(made.owner);
    await cron.goTo(taken?.next_run ?? '');
    expect((await cron.ended(made.id, 2))[0]?.status).toBe('ok');
  });
});

describe('what is told of jobs', () => {
  it('is in the metrics, the audit log and the health', async () => {
    const job = await cron.add({ prompt: 'a secret', every_ms: MINUTE });
    await cron.goTo(dueOf(job));
    await cron.ended(job.id);

    const metrics = await (await cron.fetch('/metrics')).text();
    expect(metrics).toContain('zeroclaw_cron_runs_total{status="ok",kind="prompt"} 1');
    expect(metrics).toContain('zeroclaw_cron_running 0');
    expect(metrics).toContain('zeroclaw_cron_lateness_seconds_count 1');
    const audit = await (await cron.fetch('/api/audit')).text();
    expect(audit).toMatch(/"type":"cron.job"[^}]*"target":"[^"]*","outcome":"added"/);
    expect(audit).toMatch(/"type":"cron.run"[^}]*"outcome":"ok"/);
    expect(audit).not.toContain('a secret');
    const health = (await (await fetch(`${cron.url}/health`)).json()) as { runtime: { components: object } };
    expect(health.runtime.components).toMatchObject({ scheduler: { status: 'ok' } });
  });

  it('is bounded', async () => {
    await again(`${CRON_TOML}max_run_history = 3\n`);
    const job = await cron.add({ prompt: 'hi', every_ms: MINUTE });
    for (let n = 0; n < 6; n++) {
      await cron.goTo(dueOf(job) + n * MINUTE);
      await until(() => cron.get(JobRunner).count === 0);
    }
    expect(await cron.runs(job.id)).toHaveLength(3);
  });
});

describe('a gateway that stops', () => {
  it('lets a run finish, and begins none', async () => {
    const dir = await tempDir();
    const first = await startCron({ dir: dir.path });
    const job = await first.add({ command: 'sleep 0.5', every_ms: MINUTE });
    await first.fetch(`/api/cron/${job.id}/run`, { method: 'POST' });
    await first.stop();

    const second = await startCron({ dir: dir.path });
    expect(await second.runs(job.id)).toMatchObject([{ status: 'ok', due_at: null }]);
    await second.stop();
    await dir.remove();
  });

  it('cuts what takes too long, and says so', async () => {
    const dir = await tempDir();
    const first = await startCron({ dir: dir.path, toml: `${CRON_TOML}[lifecycle]\nshutdown_grace_secs = 0\n` });
    const job = await first.add({ command: 'sleep 30', every_ms: MINUTE });
    await first.fetch(`/api/cron/${job.id}/run`, { method: 'POST' });
    const began = performance.now();
    await first.stop();
    expect(performance.now() - began).toBeLessThan(5_000);

    const second = await startCron({ dir: dir.path });
    expect(await second.runs(job.id)).toMatchObject([
      { status: 'interrupted', error: expect.stringContaining('stopped') },
    ]);
    await second.stop();
    await dir.remove();
  });
});
