import * as fc from 'fast-check';
import { CRON_TOML, startCron } from '../../support/cron';
import type { CronUnderTest, JobBody } from '../../support/cron';

let cron: CronUnderTest;
/** `cron.fetch` goes on with the token that it was given last. */
let admin: string;

beforeAll(async () => {
  cron = await startCron();
  admin = await cron.pair();
});
afterAll(() => cron.stop());
afterEach(async () => {
  for (const { id } of (await list()).jobs) await cron.fetch(`/api/cron/${id}`, { method: 'DELETE', token: admin });
});

const list = async (token = admin) => (await (await cron.fetch('/api/cron', { token })).json()) as { jobs: JobBody[] };
const daily = { schedule: '0 9 * * *', prompt: 'Good morning' };

/** A token that may only do this. */
async function tokenFor(...scopes: string[]): Promise<string> {
  const { code } = (await (await cron.fetch('/api/pairing/codes', { json: { scopes }, token: admin })).json()) as {
    code: string;
  };
  const paired = await fetch(`${cron.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
  return ((await paired.json()) as { token: string }).token;
}

describe('POST /api/cron', () => {
  it('takes what ZeroClaw took and answers in its shape', async () => {
    const response = await cron.fetch('/api/cron', { json: { schedule: '*/5 * * * *', command: 'ls', name: 'look' } });

    expect(response.status).toBe(200);
    const { status, job } = (await response.json()) as { status: string; job: JobBody };
    expect(status).toBe('ok');
    expect(job).toMatchObject({ name: 'look', command: 'ls', enabled: true, timezone: 'UTC', prompt: null });
    expect(Date.parse(job.next_run ?? '') % 300_000).toBe(0);
    expect((await list()).jobs).toEqual([job]);
  });

  it.each<[string, object, object]>([
    ['an expression with a time zone', { schedule: '0 9 * * 1-5', timezone: 'Europe/Berlin' }, { every_ms: null }],
    ['seconds first', { schedule: '30 0 9 * * *' }, { timezone: 'UTC' }],
    ['a year last', { schedule: '0 0 9 * * * 2090' }, { next_run: '2090-01-01T09:00:00.000Z' }],
    [
      'once',
      { at: '2090-07-01T09:00:00+02:00' },
      { next_run: '2090-07-01T07:00:00.000Z', at: '2090-07-01T07:00:00.000Z' },
    ],
    ['once, local', { at: '2090-07-01T09:00', timezone: 'America/New_York' }, { next_run: '2090-07-01T13:00:00.000Z' }],
    ['an interval', { every_ms: 90_000 }, { every_ms: 90_000, schedule: null }],
    [
      'everything',
      {
        every_ms: 60_000,
        session_id: 'home',
        deliver_to: { session: 'inbox' },
        missed: 'skip',
        overlap: 'queue',
        enabled: false,
        name: 'x',
      },
      {
        session_id: 'home',
        deliver_to: { session: 'inbox' },
        missed: 'skip',
        overlap: 'queue',
        enabled: false,
        next_run: null,
      },
    ],
  ])('takes %s', async (_what, when, expected) => {
    expect(await cron.add({ prompt: 'hi', ...when })).toMatchObject(expected);
  });

  it.each<[string, unknown, string]>([
    ['nothing', {}, 'prompt'],
    ['no task', { schedule: '* * * * *' }, 'prompt'],
    ['two tasks', { schedule: '* * * * *', prompt: 'a', command: 'ls' }, 'prompt'],
    ['no time', { prompt: 'a' }, 'schedule'],
    ['two times', { prompt: 'a', schedule: '* * * * *', every_ms: 60_000 }, 'schedule'],
    ['a bad expression', { prompt: 'a', schedule: '61 * * * *' }, 'schedule'],
    ['weekday 8', { prompt: 'a', schedule: '0 0 * * 8' }, 'schedule'],
    ['a date that never comes', { prompt: 'a', schedule: '0 0 31 4 *' }, 'schedule'],
    ['an expression of the past', { prompt: 'a', schedule: '0 0 0 1 1 * 2020' }, 'schedule'],
    ['an expression that is none', { prompt: 'a', schedule: 7 }, 'schedule'],
    ['an unknown zone', { prompt: 'a', schedule: '* * * * *', timezone: 'Mars/Olympus' }, 'timezone'],
    ['the past', { prompt: 'a', at: '2020-01-01T00:00:00Z' }, 'at'],
    ['no date', { prompt: 'a', at: '2027-02-30T00:00:00Z' }, 'at'],
    ['a number as time', { prompt: 'a', at: 1_893_456_000 }, 'at'],
    ['too short an interval', { command: 'ls', every_ms: 999 }, 'every_ms'],
    ['half a millisecond', { command: 'ls', every_ms: 1000.5 }, 'every_ms'],
    ['too long an interval', { command: 'ls', every_ms: 1e15 }, 'every_ms'],
    ['an empty prompt', { every_ms: 60_000, prompt: '  ' }, 'prompt'],
    ['an empty command', { every_ms: 60_000, command: '' }, 'command'],
    ['a prompt that is none', { every_ms: 60_000, prompt: ['a'] }, 'prompt'],
    ['too long a prompt', { every_ms: 60_000, prompt: 'a'.repeat(32_769) }, 'prompt'],
    ['a bad session', { every_ms: 60_000, prompt: 'a', session_id: 'a b' }, 'session_id'],
    ['a session for a command', { every_ms: 60_000, command: 'ls', session_id: 'a' }, 'session_id'],
    ['a delivery to nowhere', { every_ms: 60_000, prompt: 'a', deliver_to: {} }, 'deliver_to'],
    ['a delivery that is none', { every_ms: 60_000, prompt: 'a', deliver_to: 'me' }, 'deliver_to'],
    ['a delivery to two', { every_ms: 60_000, prompt: 'a', deliver_to: { session: 'a', channel: 'b' } }, 'deliver_to'],
    [
      'a bad session to deliver to',
      { every_ms: 60_000, prompt: 'a', deliver_to: { session: '?' } },
      'deliver_to.session',
    ],
    ['no conversation', { every_ms: 60_000, prompt: 'a', deliver_to: { channel: 'linq' } }, 'deliver_to.conversation'],
    [
      'a channel that is not configured',
      { every_ms: 60_000, prompt: 'a', deliver_to: { channel: 'whatsapp', conversation: '+49' } },
      'deliver_to.channel',
    ],
    ['an unknown policy', { every_ms: 60_000, prompt: 'a', missed: 'maybe' }, 'missed'],
    ['an unknown overlap', { every_ms: 60_000, prompt: 'a', overlap: 'both' }, 'overlap'],
    ['a word for a boolean', { every_ms: 60_000, prompt: 'a', enabled: 'yes' }, 'enabled'],
    ['a NUL', { every_ms: 60_000, prompt: 'a\0b' }, 'prompt'],
    ['too long a name', { every_ms: 60_000, prompt: 'a', name: 'x'.repeat(201) }, 'name'],
  ])('refuses %s and names the field', async (_what, body, field) => {
    const response = await cron.fetch('/api/cron', { json: body });

    expect({ status: response.status, body: await response.json() }).toMatchObject({ status: 400, body: { field } });
    expect((await list()).jobs).toEqual([]);
  });

  it('answers any body with 200, 400 or 403 and never fails inside', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.object({ maxDepth: 1 }),
    );
    const names = [
      'name',
      'schedule',
      'at',
      'every_ms',
      'timezone',
      'prompt',
      'command',
      'session_id',
      'deliver_to',
      'missed',
      'overlap',
      'enabled',
    ];
    const body = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(value, fc.constantFrom('* * * * *', 'UTC', 'skip', 5000)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (json) =>
        [200, 400, 403].includes((await cron.fetch('/api/cron', { json })).status),
      ),
      { numRuns: 150 },
    );
  });

  it('keeps a distance between prompts, because each costs money', async () => {
    const strict = await startCron({ toml: CRON_TOML.replace('min_prompt_interval_secs = 1', '') });
    try {
      const often = [{ every_ms: 59_999 }, { schedule: '*/30 * * * * *' }, { schedule: '0,1 0 9 * * *' }];
      for (const when of often) {
        const response = await strict.fetch('/api/cron', { json: { prompt: 'a', ...when } });
        expect(await response.json()).toMatchObject({ code: 'cron.invalid_schedule', field: Object.keys(when)[0] });
      }
      await strict.add({ prompt: 'a', schedule: '* * * * *' });
      await strict.add({ command: 'ls', every_ms: 1000, enabled: false });
    } finally {
      await strict.stop();
    }
  });

  it('keeps no more jobs than it may', async () => {
    const small = await startCron({ toml: `${CRON_TOML}max_jobs_per_owner = 2\n` });
    try {
      await small.add(daily);
      await small.add(daily);
      const response = await small.fetch('/api/cron', { json: daily });
      expect([response.status, await response.json()]).toMatchObject([409, { code: 'cron.too_many' }]);
    } finally {
      await small.stop();
    }
  });
});

describe('PATCH /api/cron/:id', () => {
  const patch = async (id: string, json: object) => cron.fetch(`/api/cron/${id}`, { method: 'PATCH', json });
  const patched = async (id: string, json: object) => ((await (await patch(id, json)).json()) as { job: JobBody }).job;

  it('changes what is named, keeps the rest, and has the new due time at once', async () => {
    const job = await cron.add({ ...daily, timezone: 'Europe/Berlin', name: 'a', deliver_to: { session: 's' } });

    const renamed = await patched(job.id, { name: 'b' });
    expect(renamed).toEqual({ ...job, name: 'b' });
    const moved = await patched(job.id, { schedule: '0 0 9 1 1 * 2090' });
    expect(moved).toMatchObject({ next_run: '2090-01-01T08:00:00.000Z', timezone: 'Europe/Berlin', name: 'b' });
    expect((await patched(job.id, { timezone: 'UTC' })).next_run).toBe('2090-01-01T09:00:00.000Z');
    expect(await patched(job.id, { at: '2090-01-01T00:00:00Z' })).toMatchObject({ schedule: null, timezone: null });
    expect(await patched(job.id, { name: null, deliver_to: null })).toMatchObject({ name: null, deliver_to: null });
    expect(await cron.job(job.id)).toMatchObject({ next_run: '2090-01-01T00:00:00.000Z', prompt: 'Good morning' });
  });

  it('pauses and goes on', async () => {
    const job = await cron.add(daily);
    expect(await patched(job.id, { enabled: false })).toMatchObject({ enabled: false, next_run: null });
    expect(await patched(job.id, { enabled: true })).toMatchObject({ enabled: true, next_run: job.next_run });
  });

  it('turns a prompt into a command and back', async () => {
    const job = await cron.add(daily);
    expect(await patched(job.id, { command: 'ls' })).toMatchObject({ command: 'ls', prompt: null, session_id: null });
    expect(await patched(job.id, { prompt: 'hi' })).toMatchObject({ command: null, prompt: 'hi' });
  });

  it.each<[object, string]>([
    [{ schedule: 'x' }, 'schedule'],
    [{ at: '2020-01-01T00:00:00Z' }, 'at'],
    [{ prompt: '' }, 'prompt'],
    [{ overlap: 1 }, 'overlap'],
    [{ every_ms: 60_000, at: '2090-01-01T00:00:00Z' }, 'schedule'],
  ])('refuses %j and changes nothing', async (json, field) => {
    const job = await cron.add(daily);
    const response = await patch(job.id, json);
    expect([response.status, await response.json()]).toMatchObject([400, { field }]);
    expect(await cron.job(job.id)).toEqual(job);
  });

  it('makes changes that meet one after the other', async () => {
    const job = await cron.add(daily);
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) => patch(job.id, n % 2 ? { name: `n${n}` } : { overlap: 'allow' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await cron.job(job.id)).toMatchObject({ overlap: 'allow', name: expect.stringMatching(/^n[13]$/) });
  });
});

describe('the other routes', () => {
  it('say 404 for a job that is not there', async () => {
    for (const [path, init] of [
      ['/api/cron/x', { method: 'DELETE' }],
      ['/api/cron/x', { method: 'PATCH', json: {} }],
      ['/api/cron/x/run', { method: 'POST' }],
      ['/api/cron/x/runs', {}],
    ] as const) {
      const response = await cron.fetch(path, init);
      expect([path, response.status, await response.json()]).toMatchObject([path, 404, { code: 'cron.unknown' }]);
    }
  });

  it('list the next due one first', async () => {
    const far = await cron.add({ prompt: 'a', at: '2090-01-01T00:00:00Z' });
    const off = await cron.add({ ...daily, enabled: false });
    const near = await cron.add({ prompt: 'a', every_ms: 60_000 });
    expect((await list()).jobs.map(({ id }) => id)).toEqual([near.id, far.id, off.id]);
  });

  it('run a job by hand, beside its schedule', async () => {
    const job = await cron.add({ ...daily, enabled: false });
    const response = await cron.fetch(`/api/cron/${job.id}/run`, { method: 'POST' });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: 'ok', run: { due_at: null, status: 'running' } });
    const [run] = await cron.ended(job.id);
    expect(run).toMatchObject({ status: 'ok', due_at: null, output: expect.stringContaining('Good morning') });
    expect(await cron.job(job.id)).toMatchObject({ next_run: null, enabled: false, last_status: 'ok' });
  });

  it('preview an expression', async () => {
    const preview = async (query: string) => cron.fetch(`/api/cron/preview?${query}`);
    const good = await preview(`schedule=${encodeURIComponent('0 0 9 * * * 2090')}&timezone=Europe/Berlin`);
    const { next_runs: times } = (await good.json()) as { next_runs: string[] };
    expect(times).toHaveLength(5);
    expect(times[0]).toBe('2090-01-01T08:00:00.000Z');
    for (const [query, field] of [
      ['', 'schedule'],
      ['schedule=x', 'schedule'],
      ['schedule=*+*+*+*+*&timezone=x', 'timezone'],
    ] as const) {
      const response = await preview(query);
      expect([response.status, await response.json()]).toMatchObject([400, { field }]);
    }
  });

  it.each(['limit=0', 'limit=501', 'limit=x'])('refuse %s', async (query) => {
    const { id } = await cron.add(daily);
    expect((await cron.fetch(`/api/cron/${id}/runs?${query}`)).status).toBe(400);
  });
});

describe('whose jobs they are', () => {
  it('shows a token its own and an admin all', async () => {
    const chat = await tokenFor('chat');
    const own = await cron.add(daily);
    expect(own.owner).toBe((await list()).jobs[0]?.owner);
    const theirs = ((await (await cron.fetch('/api/cron', { json: daily, token: chat })).json()) as { job: JobBody })
      .job;

    expect((await list(chat)).jobs.map(({ id }) => id)).toEqual([theirs.id]);
    expect((await list()).jobs).toHaveLength(2);
    const init = { token: chat };
    expect((await cron.fetch(`/api/cron/${own.id}/runs`, init)).status).toBe(404);
    expect((await cron.fetch(`/api/cron/${own.id}`, { ...init, method: 'DELETE' })).status).toBe(404);
    expect((await cron.fetch(`/api/cron/${own.id}`, { ...init, method: 'PATCH', json: {} })).status).toBe(404);
    expect((await cron.fetch(`/api/cron/${own.id}/run`, { ...init, method: 'POST' })).status).toBe(404);
    expect((await cron.fetch(`/api/cron/${theirs.id}`, { ...init, method: 'DELETE' })).status).toBe(200);
  });

  it('keeps commands and channels for admins', async () => {
    const token = await tokenFor('chat');
    const command = await cron.fetch('/api/cron', { json: { every_ms: 60_000, command: 'ls' }, token });
    expect([command.status, await command.json()]).toMatchObject([403, { code: 'auth.scope_missing' }]);
    const deliverTo = { channel: 'whatsapp', conversation: '+49' };
    const channel = await cron.fetch('/api/cron', { json: { ...daily, deliver_to: deliverTo }, token });
    expect([channel.status, await channel.json()]).toMatchObject([403, { code: 'auth.scope_missing' }]);
  });

  it('needs a token, and one that may', async () => {
    expect((await fetch(`${cron.url}/api/cron`)).status).toBe(401);
    const read = await tokenFor('read');
    expect((await cron.fetch('/api/cron', { token: read })).status).toBe(200);
    expect((await cron.fetch('/api/cron', { token: read, json: daily })).status).toBe(403);
  });
});
