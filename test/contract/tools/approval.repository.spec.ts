import { ApprovalRepository } from '../../../src/tools/approvals/approval.repository';
import type { NewApproval } from '../../../src/tools/approvals/approval.repository';
import { describeEachDatabase } from '../../support/databases';

const asked = (parts: Partial<NewApproval> = {}): NewApproval => ({
  id: 'apr_1',
  owner: 'anna',
  sessionId: 'trip',
  door: 'api_chat',
  tool: 'shell',
  arguments: '{"command":"touch x"}',
  risk: 'medium',
  reason: 'a call of medium risk',
  createdAt: 100,
  expiresAt: 1_000,
  callHash: 'hash',
  held: undefined,
  ...parts,
});
const yes = (by: string, at = 200) => ({ status: 'approved' as const, by, at, expiresAt: at + 900, note: undefined });
const no = (by: string, at = 200) => ({ status: 'denied' as const, by, at, expiresAt: at + 900, note: 'not today' });

describeEachDatabase('the approval repository', (open) => {
  it('gives back what was asked', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked({ sessionId: undefined }));
    const { callHash: _hash, held: _held, ...plain } = asked({ sessionId: undefined });
    const expected = { ...plain, status: 'pending', decidedBy: undefined, decidedAt: undefined, note: undefined };
    expect(await repository.find('apr_1')).toEqual(expected);
    expect(await repository.standing('hash', 999)).toEqual(expected);
    expect(await repository.find('apr_2')).toBeUndefined();
  });

  it('lets the first of many answers win, over several connections', async () => {
    const repositories = [new ApprovalRepository(await open()), new ApprovalRepository(await open())];
    await repositories[0]?.add(asked());
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => repositories[n % 2]?.decide('apr_1', (n % 3 ? yes : no)(`person ${n}`))),
    );
    const won = answers.filter((answer) => answer !== undefined);
    expect(won).toHaveLength(1);
    expect(await repositories[1]?.find('apr_1')).toEqual(won[0]);
  });

  it('lets an approval be used once, by one of many', async () => {
    const repositories = [new ApprovalRepository(await open()), new ApprovalRepository(await open())];
    await repositories[0]?.add(asked());
    expect(await repositories[0]?.use('apr_1', 150)).toBe(false);
    await repositories[0]?.decide('apr_1', yes('bob'));
    const uses = await Promise.all(Array.from({ length: 10 }, (_, n) => repositories[n % 2]?.use('apr_1', 300)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await repositories[0]?.standing('hash', 300)).toBeUndefined();
  });

  it('decides nothing when the time is over, and lets nothing old be used', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked());
    expect(await repository.decide('apr_1', yes('bob', 1_000))).toBeUndefined();
    await repository.decide('apr_1', yes('bob', 999));
    expect(await repository.use('apr_1', 1_899)).toBe(false);
    expect(await repository.standing('hash', 1_899)).toBeUndefined();
    expect((await repository.standing('hash', 1_898))?.decidedBy).toBe('bob');
  });

  it('knows a denial, with its note, for as long as it holds', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked());
    await repository.decide('apr_1', no('bob'));
    expect(await repository.standing('hash', 500)).toMatchObject({
      status: 'denied',
      note: 'not today',
      decidedAt: 200,
    });
    expect(await repository.standing('other', 500)).toBeUndefined();
    expect(await repository.use('apr_1', 500)).toBe(false);
  });

  it('does not offer to others what a turn is waiting with, until it is decided', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked({ held: { by: 'process', until: 500 } }));
    expect(await repository.standing('hash', 300)).toBeUndefined();
    await repository.decide('apr_1', yes('bob'));
    expect((await repository.standing('hash', 300))?.id).toBe('apr_1');
  });

  it('ends what is due, what a dead process left, and nothing else', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked({ id: 'due', expiresAt: 600 }));
    await repository.add(asked({ id: 'dead', held: { by: 'one', until: 700 } }));
    await repository.add(asked({ id: 'alive', held: { by: 'two', until: 700 } }));
    await repository.add(asked({ id: 'unheld' }));
    await repository.add(asked({ id: 'decided', expiresAt: 300 }));
    await repository.decide('decided', yes('bob', 200));
    await repository.renewLeases('two', 900);
    const expired = await repository.expireDue(700);
    expect(expired.map(({ id }) => id).sort()).toEqual(['dead', 'due']);
    expect(expired.every(({ status }) => status === 'expired')).toBe(true);
    expect((await repository.expireHeld()).map(({ id }) => id)).toEqual(['alive']);
    expect(await repository.expire('unheld')).toMatchObject({ id: 'unheld', status: 'expired' });
    expect(await repository.expire('unheld')).toBeUndefined();
    expect((await repository.find('decided'))?.status).toBe('approved');
    expect(await repository.decide('due', yes('bob'))).toBeUndefined();
  });

  it('lists the newest first, by status and owner', async () => {
    const repository = new ApprovalRepository(await open());
    for (const n of [1, 2, 3]) await repository.add(asked({ id: `a${n}`, createdAt: n }));
    await repository.add(asked({ id: 'b1', owner: 'bob', createdAt: 4 }));
    await repository.decide('a2', no('bob'));
    const ids = async (...query: Parameters<ApprovalRepository['list']>) =>
      (await repository.list(...query)).map(({ id }) => id);
    expect(await ids(undefined, undefined, 10)).toEqual(['b1', 'a3', 'a2', 'a1']);
    expect(await ids('pending', undefined, 2)).toEqual(['b1', 'a3']);
    expect(await ids('pending', 'anna', 10)).toEqual(['a3', 'a1']);
    expect(await ids('denied', undefined, 10)).toEqual(['a2']);
    expect(await repository.countPending('anna')).toBe(2);
  });

  it('forgets what is old and over', async () => {
    const repository = new ApprovalRepository(await open());
    await repository.add(asked({ id: 'old' }));
    await repository.add(asked({ id: 'open' }));
    await repository.add(asked({ id: 'young', createdAt: 500 }));
    await repository.decide('old', no('bob'));
    await repository.decide('young', no('bob', 600));
    await repository.deleteOld(400);
    expect((await repository.list(undefined, undefined, 10)).map(({ id }) => id).sort()).toEqual(['open', 'young']);
  });
});
