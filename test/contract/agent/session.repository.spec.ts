import { SessionRepository } from '../../../src/agent/session.repository';
import type { ChatMessage } from '../../../src/providers/provider';
import { describeEachDatabase } from '../../support/databases';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

describeEachDatabase('the session repository', (open) => {
  const key = { owner: 'anna', id: 'trip' };
  const texts = async (repository: SessionRepository, of = key, limit = 50) =>
    (await repository.latest(of, limit)).map(({ message }) => message.content);

  it('gives the newest messages back, oldest first and unchanged', async () => {
    const repository = new SessionRepository(await open());
    const turn: ChatMessage[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is on it? — ☀ "quoted"\n' },
          { type: 'image', url: 'data:x' },
        ],
      },
      { role: 'assistant', content: null, toolCalls: [{ id: 'c1', name: 'look', arguments: '{"a":1}' }] },
      { role: 'tool', toolCallId: 'c1', content: 'a cat' },
      assistant('A cat.'),
    ];
    await repository.append(key, [user('hello'), assistant('Hi!')], 1);
    await repository.append(key, turn, 2);
    const stored = await repository.latest(key, 4);
    expect(stored.map(({ message }) => message)).toEqual(turn);
    expect(stored.at(-1)?.tokens).toBeGreaterThan(5);
    expect(await texts(repository, key, 5)).toHaveLength(5);
  });

  it('knows nothing of a new session', async () => {
    expect(await new SessionRepository(await open()).latest(key, 10)).toEqual([]);
  });

  it('keeps owners and sessions apart', async () => {
    const repository = new SessionRepository(await open());
    await repository.append(key, [user('mine')], 1);
    await repository.append({ owner: 'bob', id: 'trip' }, [user('his')], 1);
    await repository.append({ owner: 'anna', id: 'work' }, [user('other')], 1);
    expect(await texts(repository)).toEqual(['mine']);
  });

  it('tells what sessions began with, as far as it is kept', async () => {
    const repository = new SessionRepository(await open());
    await repository.append(key, [assistant('Good morning')], 1);
    await repository.append(key, [user('first'), assistant('yes?')], 2);
    await repository.append(key, [user('second')], 3);
    await repository.append({ owner: 'anna', id: 'work' }, [user('other')], 1);
    await repository.append({ owner: 'anna', id: 'silent' }, [assistant('hello')], 1);
    await repository.append({ owner: 'bob', id: 'trip' }, [user('his')], 1);
    const opened = await repository.opened('anna', ['trip', 'work', 'silent', 'unknown']);
    expect([...opened].map(([id, { content }]) => [id, content]).toSorted()).toEqual([
      ['trip', 'first'],
      ['work', 'other'],
    ]);
    await repository.trim(key, 1);
    expect((await repository.opened('anna', ['trip'])).get('trip')?.content).toBe('second');
    expect(await repository.opened('anna', [])).toEqual(new Map());
  });

  it('trims one session to its newest messages', async () => {
    const repository = new SessionRepository(await open());
    const other = { owner: 'bob', id: 'trip' };
    await repository.append(other, [user('his')], 1);
    for (const n of [1, 2, 3]) await repository.append(key, [user(`q${n}`), assistant(`a${n}`)], n);
    await repository.trim(key, 3);
    expect(await texts(repository)).toEqual(['a2', 'q3', 'a3']);
    await repository.trim(key, 10);
    expect(await texts(repository)).toHaveLength(3);
    expect(await texts(repository, other)).toEqual(['his']);
  });

  it('deletes unused sessions with their messages and leaves the others', async () => {
    const repository = new SessionRepository(await open());
    const fresh = { owner: 'anna', id: 'fresh' };
    await repository.append(key, [user('old')], 1_000);
    await repository.append(fresh, [user('new')], 1_000);
    await repository.append(fresh, [user('newer')], 5_000);
    expect(await repository.deleteUnused(5_000)).toBe(1);
    expect(await texts(repository)).toEqual([]);
    expect(await texts(repository, fresh)).toEqual(['new', 'newer']);
  });

  it('stores nothing of a turn that cannot be stored whole', async () => {
    const repository = new SessionRepository(await open());
    const broken = { role: null, content: 'x' } as unknown as ChatMessage;
    await expect(repository.append(key, [user('first'), broken], 1)).rejects.toThrow();
    expect(await texts(repository)).toEqual([]);
  });

  it('is seen by another connection once it has resolved', async () => {
    const one = new SessionRepository(await open());
    await one.append(key, [user('kept')], 1);
    expect(await texts(new SessionRepository(await open()))).toEqual(['kept']);
  });
});
