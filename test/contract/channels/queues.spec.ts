import type { InboundMessage } from '../../../src/channels/core/channel';
import { InboxRepository } from '../../../src/channels/inbox/inbox.repository';
import type { InboxRow } from '../../../src/channels/inbox/inbox.repository';
import { LettersRepository } from '../../../src/channels/operations/letters.repository';
import { OutboxRepository } from '../../../src/channels/outbox/outbox.repository';
import type { Taking } from '../../../src/channels/queue/take-due';
import { describeEachDatabase } from '../../support/databases';

const NOW = 1_760_000_000_000;
const MINUTE = 60_000;

function messages(...wanted: [id: string, conversation: string][]) {
  return wanted.map(([id, conversation]) => {
    const message: InboundMessage = { id, conversation, sender: 'ada', text: `say ${id}`, sentAt: NOW };
    return { id: `in_${id}`, channel: 'pigeon', messageId: id, message };
  });
}

const taking = (holder: string, more: Partial<Taking> = {}): Taking => ({
  holder,
  now: NOW,
  until: NOW + MINUTE,
  limit: 10,
  ...more,
});
/** What a test is sure to have. */
function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describeEachDatabase('the inbox', (open, { dialect }) => {
  let inbox: InboxRepository;
  let other: InboxRepository;
  beforeEach(async () => {
    inbox = new InboxRepository(await open());
    other = new InboxRepository(await open());
  });
  const taken = async (holder: string, more?: Partial<Taking>) => inbox.take(taking(holder, more));
  const one = async (holder = 'a', more?: Partial<Taking>): Promise<InboxRow> => {
    const [row] = await taken(holder, { limit: 1, ...more });
    if (!row) throw new Error('nothing is due');
    return row;
  };

  it('claims a message once, also among several at once', async () => {
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => {
        const [message] = messages(['1', 'x']);
        return (i % 2 ? inbox : other).claim([{ ...sure(message), id: `in_${i}` }], NOW);
      }),
    );
    expect(claims.toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await inbox.claim([...messages(['2', 'x'], ['1', 'x']), ...messages(['3', 'x'])], NOW)).toBe(2);
  });

  it('gives out the oldest of each conversation, and the next when that is over', async () => {
    await inbox.claim(messages(['1', 'x'], ['2', 'x'], ['3', 'y']), NOW);
    const rows = await taken('a');
    expect(ids(rows)).toEqual(['in_1', 'in_3']);
    expect(ids(await taken('b'))).toEqual([]);
    expect(await inbox.finish(sure(rows[0]), { status: 'answered' }, NOW)).toBe(true);
    expect(ids(await taken('b'))).toEqual(['in_2']);
  });

  it('gives no row to two processes', async () => {
    await inbox.claim(
      messages(...Array.from({ length: 40 }, (_, i) => [`${i}`, `c${i % 20}`] as [string, string])),
      NOW,
    );
    const found = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? inbox : other).take(taking(`p${i}`, { limit: 5 }))),
    );
    const all = ids(found.flat());
    expect(all).toHaveLength(new Set(all).size);
    expect(all).toHaveLength(20);
  });

  it('waits for the time of the next attempt, and keeps those behind it waiting too', async () => {
    await inbox.claim(messages(['1', 'x'], ['2', 'x']), NOW);
    expect(await inbox.putBack(await one(), 'failed', NOW + MINUTE)).toBe(true);
    expect(await taken('a')).toEqual([]);
    const [again] = await taken('a', { now: NOW + MINUTE });
    expect(again).toMatchObject({ id: 'in_1', attempts: 2, error: 'failed' });
  });

  it('lets a row go as if it had not been taken up', async () => {
    await inbox.claim(messages(['1', 'x']), NOW);
    await inbox.release(await one(), NOW);
    expect(await one()).toMatchObject({ attempts: 1 });
  });

  it('takes up what a dead process has left, whose late word counts nothing', async () => {
    await inbox.claim(messages(['1', 'x'], ['2', 'x']), NOW);
    const lost = await one('dead', { until: NOW + 1 });
    const [row] = await taken('heir', { now: NOW + 2, until: NOW + MINUTE });
    expect(row).toMatchObject({ id: 'in_1', attempts: 2 });
    let also = 0;
    expect(await inbox.finish(lost, { status: 'answered' }, NOW, async () => also++)).toBe(false);
    expect(await inbox.putBack(lost, 'late', NOW)).toBe(false);
    expect(also).toBe(0);
    expect(await inbox.finish(sure(row), { status: 'answered' }, NOW)).toBe(true);
  });

  it('keeps a row whose lease is renewed', async () => {
    await inbox.claim(messages(['1', 'x']), NOW);
    const row = await one('a', { until: NOW + 1 });
    await inbox.renew([row], NOW + MINUTE);
    expect(await taken('b', { now: NOW + 2 })).toEqual([]);
  });

  it('ends a message and writes its answer together or not at all', async () => {
    await inbox.claim(messages(['1', 'x']), NOW);
    const row = await one();
    const failing = inbox.finish(row, { status: 'answered' }, NOW, () => Promise.reject(new Error('no answer')));
    await expect(failing).rejects.toThrow('no answer');
    expect(await inbox.putBack(row, 'x', NOW)).toBe(true);
  });

  it('takes a dead one up again when it is claimed again, in its old place', async () => {
    await inbox.claim(messages(['1', 'x'], ['2', 'x'], ['3', 'x']), NOW);
    await inbox.finish(await one(), { status: 'dead', error: 'bad' }, NOW);
    const running = await one();
    expect(await inbox.claim(messages(['1', 'x']), NOW)).toBe(1);
    expect(await taken('b')).toEqual([]);
    expect(await inbox.finish(running, { status: 'answered' }, NOW)).toBe(true);
    expect(ids(await taken('b'))).toEqual(['in_1']);
  });

  it('frees what was on its way at the boot of the only process', async () => {
    await inbox.claim(messages(['1', 'x']), NOW);
    await one();
    await inbox.releaseOrphans();
    expect(ids(await taken('b'))).toEqual(dialect === 'sqlite' ? ['in_1'] : []);
  });
});

describeEachDatabase('the outbox', (open) => {
  let outbox: OutboxRepository;
  beforeEach(async () => {
    outbox = new OutboxRepository(await open());
  });
  const add = (id: string, conversation = 'x', channel = 'pigeon') =>
    outbox.add({ id: `out_${id}`, key: id, channel, conversation, parts: ['one', 'two'], replyTo: undefined }, NOW);
  const take = (holder = 'a', more: Partial<Taking> = {}) =>
    outbox.take(taking(holder, { channel: 'pigeon', ...more }));

  it('keeps one answer of a key', async () => {
    expect(await add('1')).toBe(true);
    expect(await add('1')).toBe(false);
  });

  it('gives out those of one channel, in order per conversation', async () => {
    await add('1');
    await add('2');
    await add('3', 'y');
    await add('4', 'x', 'parrot');
    expect(ids(await take())).toEqual(['out_1', 'out_3']);
  });

  it('knows what was confirmed, and how often the next part was begun', async () => {
    await add('1');
    const [first] = await take();
    expect(first).toMatchObject({ part: 0, part_attempts: 1 });
    await outbox.putBack(sure(first), { failure: 'retry', error: 'busy', nextAttemptAt: NOW });
    const [second] = await take();
    expect(second).toMatchObject({ part: 0, part_attempts: 2, failure: 'retry' });
    expect(await outbox.advance(sure(second), 1)).toBe(true);
    await outbox.release(sure(second), NOW);
    const [third] = await take();
    expect(third).toMatchObject({ part: 1, part_attempts: 2, failure: null, error: null });
    expect(await outbox.advance(sure(first), 0)).toBe(false);
    expect(await outbox.sent(sure(third), 2, NOW)).toBe(true);
    expect(await take()).toEqual([]);
  });

  it('hurries what waits for credentials, and buries what is too old', async () => {
    await add('1');
    await add('2', 'y');
    const [first, second] = await take();
    await outbox.putBack(sure(first), { failure: 'credentials', error: '401', nextAttemptAt: NOW + MINUTE });
    await outbox.putBack(sure(second), { failure: 'retry', error: '503', nextAttemptAt: NOW + MINUTE });
    await outbox.hurryCredentials('pigeon', NOW);
    expect(ids(await take('a', { until: NOW + 2 * MINUTE }))).toEqual(['out_1']);
    expect(await outbox.buryExpired(NOW + 1, NOW + 2)).toEqual(['pigeon']);
    expect(await take('b', { now: NOW + MINUTE })).toEqual([]);
  });
});

describeEachDatabase('the letters', (open) => {
  it('are listed, counted, tried again, erased and forgotten', async () => {
    const database = await open();
    const inbox = new InboxRepository(database);
    const letters = new LettersRepository(database);
    await inbox.claim(messages(['1', 'x'], ['2', 'x'], ['3', 'y']), NOW);
    for (const row of await inbox.take(taking('a'))) await inbox.finish(row, { status: 'dead', error: 'bad' }, NOW);
    const state = (await letters.states(['pigeon'])).get('pigeon');
    expect(state).toMatchObject({ inbound: { dead: 2, received: 1 }, oldestWaitingSince: NOW });
    const dead = await letters.inbound({ channel: 'pigeon', status: 'dead' }, 10);
    expect(ids(dead)).toEqual(['in_3', 'in_1']);
    expect(ids(await letters.inbound({ channel: 'pigeon', before: sure(dead[0]).seq }, 1))).toEqual(['in_2']);
    expect(await letters.retryInbound('in_1', NOW)).toBe('pigeon');
    expect(await letters.retryInbound('in_1', NOW)).toBeUndefined();
    expect(await letters.eraseInbound('in_3', NOW)).toBe('pigeon');
    expect(await letters.eraseInbound('in_3', NOW)).toBeUndefined();
    expect(await inbox.claim(messages(['3', 'y']), NOW)).toBe(0);
    expect(await letters.forget(NOW + 1, 100)).toBe(1);
    expect(await inbox.claim(messages(['3', 'y']), NOW)).toBe(1);
    expect(await letters.latest('pigeon')).toEqual({ receivedAt: NOW, sentAt: undefined });
    expect(await letters.states([])).toEqual(new Map());
  });
});
