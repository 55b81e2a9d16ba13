import { IdempotencyStore } from '../../../src/platform/idempotency/idempotency.store';
import { describeEachDatabase } from '../../support/databases';

const answer = { status: 201, headers: { 'content-type': 'text/plain' }, body: Buffer.from([0, 1, 0xff, 0x80]) };

const claimOf = (scope: string, id = `claim of ${scope}`) => ({ scope, id });

describeEachDatabase('IdempotencyStore', (open, { dialect }) => {
  async function openStore() {
    return new IdempotencyStore(await open());
  }

  /** A kept answer for each scope, in this order of age. */
  async function keep(store: IdempotencyStore, scopes: string[], until = 5_000) {
    for (const [index, scope] of scopes.entries()) {
      await store.claim(claimOf(scope), 'hash', 1_000, 2_000);
      await store.complete(claimOf(scope), answer, until + index);
    }
  }

  it('gives a key to exactly one of many that ask at once, over several connections', async () => {
    const stores = await Promise.all([openStore(), openStore(), openStore()]);
    const claims = Array.from({ length: 30 }, (_, index) => claimOf('one', `claim ${index}`));
    const won = await Promise.all(claims.map((claim, index) => stores[index % 3]?.claim(claim, 'hash', 1_000, 2_000)));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('tells what holds a key: nothing, a running request, or its answer, to the byte', async () => {
    const store = await openStore();
    expect(await store.find('one')).toBeUndefined();
    await store.claim(claimOf('one'), 'hash', 1_000, 2_000);
    expect(await store.find('one')).toEqual({ requestHash: 'hash' });
    expect(await store.complete(claimOf('one'), answer, 5_000)).toBe(true);
    const holder = await store.find('one');
    expect(holder?.answer?.status).toBe(201);
    expect(holder?.answer?.headers).toEqual(answer.headers);
    expect(Buffer.from(holder?.answer?.body ?? []).equals(answer.body)).toBe(true);
  });

  it('keeps an answer over a restart and a claim only on a server, where other processes may hold it', async () => {
    const before = await open();
    await keep(new IdempotencyStore(before), ['done']);
    await new IdempotencyStore(before).claim(claimOf('running'), 'hash', 1_000, 2_000);
    await before.close();

    const store = await openStore();
    await store.releaseOrphans();
    expect(await store.find('done')).toMatchObject({ answer: { status: 201 } });
    expect(await store.find('running')).toEqual(dialect === 'sqlite' ? undefined : { requestHash: 'hash' });
  });

  it('hands over a claim whose lease has lapsed, and then ignores its former holder', async () => {
    const store = await openStore();
    const [first, second] = [claimOf('one', 'first'), claimOf('one', 'second')];
    await store.claim(first, 'hash', 1_000, 2_000);
    expect(await store.claim(second, 'other hash', 1_999, 3_000)).toBe(false);
    expect(await store.claim(second, 'other hash', 2_000, 3_000)).toBe(true);
    expect(await store.complete(first, answer, 5_000)).toBe(false);
    await store.release(first);
    expect(await store.find('one')).toEqual({ requestHash: 'other hash' });
  });

  it('renews the leases of running requests only', async () => {
    const store = await openStore();
    await keep(store, ['done'], 2_000);
    await store.claim(claimOf('one'), 'hash', 1_000, 2_000);
    await store.renew([claimOf('one'), claimOf('done'), claimOf('gone')], 9_000);
    expect(await store.claim(claimOf('one', 'thief'), 'hash', 8_999, 9_500)).toBe(false);
    expect(await store.claim(claimOf('done', 'next'), 'hash', 2_000, 9_500)).toBe(true);
  });

  it('gives a released key, and one whose answer has expired, to the next request', async () => {
    const store = await openStore();
    await store.claim(claimOf('failed'), 'hash', 1_000, 2_000);
    await store.release(claimOf('failed'));
    expect(await store.claim(claimOf('failed', 'again'), 'hash', 1_001, 2_001)).toBe(true);
    await keep(store, ['old']);
    expect(await store.claim(claimOf('old', 'early'), 'hash', 4_999, 9_000)).toBe(false);
    expect(await store.claim(claimOf('old', 'again'), 'hash', 5_000, 9_000)).toBe(true);
    expect(await store.find('old')).toEqual({ requestHash: 'hash' });
  });

  it('never releases an answer', async () => {
    const store = await openStore();
    await keep(store, ['done']);
    await store.release(claimOf('done'));
    expect(await store.find('done')).toMatchObject({ requestHash: 'hash', answer: expect.anything() });
  });

  it('removes what has expired in bounded steps', async () => {
    const store = await openStore();
    await keep(store, ['a', 'b', 'c', 'd']);
    await store.claim(claimOf('orphan'), 'hash', 1_000, 2_000);
    expect(await store.removeExpired(5_001, 2)).toBe(2);
    expect(await store.removeExpired(5_001, 10)).toBe(1);
    expect(await store.count()).toBe(2);
    expect(await store.find('d')).toMatchObject({ requestHash: 'hash', answer: expect.anything() });
  });

  it('makes room by the oldest answers and never by running requests', async () => {
    const store = await openStore();
    await store.claim(claimOf('running'), 'hash', 1, 2_000);
    await keep(store, ['oldest', 'older', 'young']);
    expect(await store.removeOldest(2)).toBe(2);
    expect(await store.find('young')).toMatchObject({ requestHash: 'hash' });
    expect(await store.removeOldest(10)).toBe(1);
    expect(await store.find('running')).toMatchObject({ requestHash: 'hash' });
  });
});
