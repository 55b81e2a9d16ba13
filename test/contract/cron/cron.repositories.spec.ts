import { JobRepository } from '../../../src/cron/job.repository';
import { RunRepository } from '../../../src/cron/run.repository';
import type { Claim } from '../../../src/cron/run.repository';
import type { Job } from '../../../src/cron/job';
import { describeEachDatabase } from '../../support/databases';

const MANY = { total: 100, perOwner: 50 };
const job = (parts: Partial<Job> = {}): Job => ({
  id: 'job',
  owner: 'anna',
  name: 'coffee',
  schedule: { kind: 'cron', expression: '*/5 * * * *', timezone: 'Europe/Berlin' },
  task: { kind: 'prompt', prompt: 'Grüße "alle"', sessionId: 'kitchen' },
  deliverTo: { channel: 'whatsapp', conversation: '+49' },
  missed: 'skip',
  overlap: 'skip',
  enabled: true,
  createdAt: 50,
  nextDue: 1_000,
  lastDue: undefined,
  lastRun: undefined,
  lastStatus: undefined,
  revision: 0,
  ...parts,
});
let ids = 0;
const claim = (parts: Partial<Claim> = {}): Claim => ({
  runId: `run${ids++}`,
  now: 1_005,
  holder: 'process',
  leaseUntil: 2_000,
  ...parts,
});

describeEachDatabase('the cron repositories', (open) => {
  async function repositories(...stored: Job[]) {
    const database = await open();
    const jobs = new JobRepository(database);
    for (const one of stored) await jobs.add(one, MANY);
    return { jobs, runs: new RunRepository(database) };
  }
  const ok = { status: 'ok', output: 'done' } as const;

  it.each<[string, Partial<Job>]>([
    ['a prompt by an expression', {}],
    ['a command once', { schedule: { kind: 'at', at: 7 }, task: { kind: 'shell', command: 'ls', allowedBy: 'root' } }],
    [
      'an interval with nothing else',
      {
        name: undefined,
        deliverTo: undefined,
        nextDue: undefined,
        enabled: false,
        schedule: { kind: 'every', everyMs: 5, anchor: 3 },
        task: { kind: 'prompt', prompt: 'x', sessionId: undefined },
      },
    ],
    ['a delivery to a session', { deliverTo: { session: 's' }, missed: 'run_once', overlap: 'queue' }],
  ])('give back what was kept: %s', async (_what, parts) => {
    const { jobs } = await repositories(job(parts));
    expect(await jobs.find('job')).toEqual(job(parts));
    expect(await jobs.find('other')).toBeUndefined();
  });

  it('list the next due one first and those without a due time last, of one owner or of all', async () => {
    const { jobs } = await repositories(
      job({ id: 'later', nextDue: 20 }),
      job({ id: 'never', nextDue: undefined }),
      job({ id: 'soon', nextDue: 10 }),
      job({ id: 'bobs', owner: 'bob', nextDue: 15 }),
    );
    const list = async (owner?: string) => (await jobs.list(owner)).map(({ id }) => id);
    expect(await list()).toEqual(['soon', 'bobs', 'later', 'never']);
    expect(await list('anna')).toEqual(['soon', 'later', 'never']);
  });

  it('keep no more jobs than there may be, in all and of one owner', async () => {
    const { jobs } = await repositories();
    const limits = { total: 3, perOwner: 2 };
    expect(await jobs.add(job({ id: '1' }), limits)).toBe(true);
    expect(await jobs.add(job({ id: '2' }), limits)).toBe(true);
    expect(await jobs.add(job({ id: '3' }), limits)).toBe(false);
    expect(await jobs.add(job({ id: '4', owner: 'bob' }), limits)).toBe(true);
    expect(await jobs.add(job({ id: '5', owner: 'eve' }), limits)).toBe(false);
  });

  it('let one of many take up a due time, over several connections', async () => {
    const [one, two] = [await repositories(job()), await repositories()];
    const found = (await one.jobs.find('job')) as Job;
    const taken = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 ? one : two).runs.claim(found, 2_000, claim({ holder: `p${n}` }))),
    );
    expect(taken.filter((run) => run !== undefined)).toHaveLength(1);
    expect(await one.jobs.find('job')).toMatchObject({ nextDue: 2_000, lastDue: 1_000, lastRun: 1_005 });
    expect(await two.runs.history('job', 10)).toMatchObject([{ dueAt: 1_000, startedAt: 1_005, status: 'running' }]);
  });

  it('turn a one-shot off with its claim, so that it never fires twice', async () => {
    const { jobs, runs } = await repositories(job({ schedule: { kind: 'at', at: 1_000 } }));
    const found = (await jobs.find('job')) as Job;
    expect(await runs.claim(found, undefined, claim())).toMatchObject({ dueAt: 1_000, status: 'running' });
    expect(await jobs.find('job')).toMatchObject({ enabled: false, nextDue: undefined, lastDue: 1_000 });
    expect(await jobs.due(9_999, 10)).toEqual([]);
    expect(await runs.claim(found, undefined, claim())).toBeUndefined();
  });

  it('take nothing up for a job that was changed, turned off or deleted meanwhile', async () => {
    const { jobs, runs } = await repositories(job(), job({ id: 'off' }), job({ id: 'gone' }));
    const before = await jobs.list(undefined);
    await jobs.change('job', 0, { name: 'tea' });
    await jobs.change('off', 0, { enabled: 0 });
    await jobs.remove('gone');
    for (const one of before) expect(await runs.claim(one, 2_000, claim())).toBeUndefined();
    expect((await jobs.find('job'))?.nextDue).toBe(1_000);
  });

  it('know a due time that ran already, even if a job comes to it again', async () => {
    const { jobs, runs } = await repositories(job());
    const run = await runs.claim((await jobs.find('job')) as Job, 2_000, claim());
    if (run) await runs.finish(run, 'process', ok, 1_010);
    const back = (await jobs.change('job', 0, { next_due: 1_000 })) as Job;
    expect(await runs.claim(back, 2_000, claim({ now: 1_020 }))).toBeUndefined();
    expect((await jobs.find('job'))?.nextDue).toBe(2_000);
    expect(await runs.history('job', 10)).toHaveLength(1);
  });

  it.each([
    ['skip', ['skipped', 'running']],
    ['queue', ['running']],
    ['allow', ['running', 'running']],
  ] as const)('treat a due time while the job runs by its overlap: %s', async (overlap, expected) => {
    const { jobs, runs } = await repositories(job({ overlap }));
    await runs.claim((await jobs.find('job')) as Job, 1_100, claim());
    const [next] = overlap === 'queue' ? [await jobs.find('job')] : await jobs.due(1_100, 10);
    const second = await runs.claim(next as Job, 1_200, claim({ now: 1_101 }));
    expect(second?.status).toBe(overlap === 'queue' ? undefined : expected[0]);
    expect((await runs.history('job', 10)).map(({ status }) => status)).toEqual(expected);
    expect((await jobs.find('job'))?.nextDue).toBe(overlap === 'queue' ? 1_100 : 1_200);
    // What shall follow its own run is not due before that is over.
    expect(await jobs.due(1_100, 10)).toEqual([]);
  });

  it('find what is due, the longest due first, and the next due time', async () => {
    const { jobs } = await repositories(
      job({ id: 'b', nextDue: 200 }),
      job({ id: 'a', nextDue: 100 }),
      job({ id: 'off', nextDue: 50, enabled: false }),
      job({ id: 'later', nextDue: 900 }),
    );
    expect((await jobs.due(200, 10)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await jobs.due(200, 1)).map(({ id }) => id)).toEqual(['a']);
    expect(await jobs.nextAfter(200)).toBe(900);
    expect(await jobs.nextAfter(900)).toBeUndefined();
  });

  it('write down how a run ended, with everything that belongs to it, once', async () => {
    const { jobs, runs } = await repositories(job());
    const run = await runs.claim((await jobs.find('job')) as Job, 2_000, claim());
    await runs.setAgentRun(run?.id ?? '', 'run_7');
    const approvals = [{ id: 'apr', tool: 'shell', expires_at: '2026' }];
    const end = { status: 'error', output: 'half', error: 'no', approvals } as const;
    const finished = run && (await runs.finish(run, 'process', end, 1_500));
    expect(finished).toMatchObject({ ...end, finishedAt: 1_500, runId: 'run_7', startedAt: 1_005 });
    expect(run && (await runs.finish(run, 'process', ok, 1_600))).toBeUndefined();
    expect((await jobs.find('job'))?.lastStatus).toBe('error');
  });

  it('interrupt the runs of dead processes, each once, and leave those of living ones', async () => {
    const { jobs, runs } = await repositories(job({ overlap: 'allow' }), job({ id: 'other' }));
    const dead = await runs.claim((await jobs.find('job')) as Job, 2_000, claim({ holder: 'dead' }));
    await runs.claim((await jobs.find('other')) as Job, 2_000, claim({ holder: 'alive' }));
    await runs.renew('alive', 5_000);
    const ended = await Promise.all([runs.interrupt(2_000), runs.interrupt(2_000)]);
    expect(ended.flat()).toMatchObject([{ id: dead?.id, status: 'interrupted', finishedAt: 2_000 }]);
    expect((await jobs.find('job'))?.lastStatus).toBe('interrupted');
    expect((await runs.history('other', 1))[0]?.status).toBe('running');
    // It was only slow after all.
    expect(dead && (await runs.finish(dead, 'dead', ok, 2_500))?.status).toBe('ok');
  });

  it('start a run by hand without touching the schedule, but not beside another one', async () => {
    const { jobs, runs } = await repositories(job());
    const found = (await jobs.find('job')) as Job;
    const run = await runs.begin(found, claim());
    expect(run).toMatchObject({ dueAt: undefined, status: 'running' });
    expect(await runs.begin(found, claim())).toBeUndefined();
    const beside = await runs.begin({ ...found, overlap: 'allow' }, claim());
    expect(beside).toMatchObject({ dueAt: undefined, status: 'running' });
    expect(beside?.id).not.toBe(run?.id);
    expect((await jobs.find('job'))?.nextDue).toBe(1_000);
  });

  it('keep histories short without losing what runs, and delete them with their job', async () => {
    const { jobs, runs } = await repositories(job({ overlap: 'allow' }));
    for (let due = 1_000; due < 1_010; due++) {
      const run = await runs.claim((await jobs.find('job')) as Job, due + 1, claim({ now: due }));
      if (run && due > 1_000) await runs.finish(run, 'process', ok, due);
    }
    await runs.trim('job', 3);
    const kept = await runs.history('job', 100);
    expect(kept.map(({ dueAt }) => dueAt)).toEqual([1_009, 1_008, 1_007, 1_000]);
    expect((await runs.history('job', 2)).map(({ dueAt }) => dueAt)).toEqual([1_009, 1_008]);
    expect(await jobs.remove('job')).toBe(true);
    expect(await jobs.remove('job')).toBe(false);
    expect(await runs.history('job', 100)).toEqual([]);
  });

  it('forget one-shots long after they ran, and nothing else', async () => {
    const at = { kind: 'at', at: 1 } as const;
    const { jobs } = await repositories(
      job({ id: 'old', schedule: at, enabled: false, lastRun: 10 }),
      job({ id: 'young', schedule: at, enabled: false, lastRun: 100 }),
      job({ id: 'ahead', schedule: at }),
      job({ id: 'paused', enabled: false, lastRun: 10 }),
    );
    await jobs.forgetSpent(50);
    expect((await jobs.list(undefined)).map(({ id }) => id).sort()).toEqual(['ahead', 'paused', 'young']);
  });
});
