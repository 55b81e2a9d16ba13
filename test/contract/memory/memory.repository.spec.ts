import type { MemoryScope } from '../../../src/memory/memory';
import type { NewMemory } from '../../../src/memory/memory.repository';
import { MemoryRepository } from '../../../src/memory/memory.repository';
import { queryWords } from '../../../src/memory/memory-words';
import { describeEachDatabase } from '../../support/databases';

const anna: MemoryScope = { owner: 'anna' };
const bob: MemoryScope = { owner: 'bob' };

function entry(given: Partial<NewMemory> & { key: string }): NewMemory {
  return { owner: 'anna', content: `about ${given.key}`, category: 'notes', sessionId: null, ...given };
}

describeEachDatabase('the memory repository', (open) => {
  const start = async () => {
    const repository = new MemoryRepository(await open());
    const keys = async (scope: MemoryScope, options: { category?: string; limit?: number } = {}) =>
      (await repository.list(scope, { limit: 100, ...options })).map(({ key }) => key);
    /** Keys of the entries that have all words of the text. */
    const found = async (scope: MemoryScope, text: string, options: { category?: string; limit?: number } = {}) => {
      const postings = await repository.find(scope, queryWords(text), { limit: 100, ...options });
      const [first = [], ...others] = postings;
      const seqs = first.filter((seq) => others.every((posting) => posting.includes(seq)));
      return (await repository.read(scope, seqs)).map(({ key }) => key).toSorted();
    };
    return { repository, keys, found };
  };

  it('gives back what was put, unchanged', async () => {
    const { repository } = await start();
    const content = 'it\'s "quoted" — ☀ 猫\nsecond line \\ % _ \u{1f600}';
    await repository.put(entry({ key: 'a:b/c', content, category: 'project x', sessionId: 's' }), 1_000);
    expect(await repository.list(anna, { limit: 10 })).toEqual([
      {
        seq: expect.any(Number),
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        owner: 'anna',
        key: 'a:b/c',
        content,
        category: 'project x',
        session_id: 's',
        created_at: 1_000,
        updated_at: 1_000,
      },
    ]);
  });

  it('replaces the entry of the same owner and key, and finds it by its new words only', async () => {
    const { repository, found } = await start();
    await repository.put(entry({ key: 'bike', content: 'red', sessionId: 's' }), 1);
    const [before] = await repository.list(anna, { limit: 10 });
    await repository.put(entry({ key: 'bike', content: 'blue', category: 'core' }), 2);
    expect(await repository.list(anna, { limit: 10 })).toEqual([
      { ...before, content: 'blue', category: 'core', session_id: null, updated_at: 2 },
    ]);
    expect(await found(anna, 'red')).toEqual([]);
    expect(await found(anna, 'blue')).toEqual(['bike']);
    expect(await found(anna, 'bike', { category: 'notes' })).toEqual([]);
  });

  it('keeps the entries of two owners under one key apart', async () => {
    const { repository } = await start();
    await repository.put(entry({ key: 'pin', content: 'mine' }), 1);
    await repository.put(entry({ owner: 'bob', key: 'pin', content: 'his' }), 2);
    expect((await repository.list(anna, { limit: 10 })).map(({ content }) => content)).toEqual(['mine']);
    expect(await repository.remove('bob', 'pin')).toBe(true);
    expect(await repository.remove('bob', 'pin')).toBe(false);
    expect((await repository.list(anna, { limit: 10 })).map(({ content }) => content)).toEqual(['mine']);
  });

  describe('lets see', () => {
    const everything = async () => {
      const started = await start();
      let time = 0;
      for (const [owner, key, category, sessionId] of [
        ['anna', 'a-all', 'notes', null],
        ['anna', 'a-trip', 'notes', 'trip'],
        ['anna', 'a-work', 'notes', 'work'],
        ['anna', 'a-core', 'core', 'work'],
        ['bob', 'b-all', 'notes', null],
        ['bob', 'b-trip', 'personal', 'trip'],
        ['bob', 'b-core', 'core', 'trip'],
      ] as const) {
        await started.repository.put({ owner, key, content: 'common', category, sessionId }, ++time);
      }
      return started;
    };

    it.each<[string, MemoryScope, string[]]>([
      ['all of one’s own without a session', anna, ['a-all', 'a-core', 'a-trip', 'a-work', 'b-core']],
      ['in a session that session', { owner: 'anna', sessionId: 'trip' }, ['a-all', 'a-core', 'a-trip', 'b-core']],
      [
        'nothing of another owner’s session of that name',
        { owner: 'bob', sessionId: 'trip' },
        ['a-core', 'b-all', 'b-core', 'b-trip'],
      ],
      ['to a stranger what is core', { owner: 'eve', sessionId: 'trip' }, ['a-core', 'b-core']],
      ['nothing more to who is called like a pattern', { owner: '%' }, ['a-core', 'b-core']],
      ['nothing more to an empty session', { owner: 'anna', sessionId: '' }, ['a-all', 'a-core', 'b-core']],
    ])('%s, by list, search and read alike', async (_, scope, expected) => {
      const { repository, keys, found } = await everything();
      expect((await keys(scope)).toSorted()).toEqual(expected);
      expect(await found(scope, 'common')).toEqual(expected);
      const all = await repository.list(anna, { limit: 100 });
      const ofBob = await repository.list(bob, { limit: 100 });
      const read = await repository.read(
        scope,
        [...all, ...ofBob].map(({ seq }) => seq),
      );
      expect(read.map(({ key }) => key).toSorted()).toEqual(expected);
    });

    it('only the category that is asked for', async () => {
      const { keys, found } = await everything();
      expect(await keys(anna, { category: 'core' })).toEqual(['b-core', 'a-core']);
      expect(await found(anna, 'common', { category: 'core' })).toEqual(['a-core', 'b-core']);
      expect(await keys(bob, { category: 'personal' })).toEqual(['b-trip']);
      expect(await keys(anna, { category: 'personal' })).toEqual([]);
      expect(await found(anna, 'common', { category: 'personal' })).toEqual([]);
    });
  });

  it('applies the limit after the filter: others cannot crowd out one’s own', async () => {
    const { repository, found, keys } = await start();
    await repository.put(entry({ key: 'mine', content: 'common' }), 1);
    for (let n = 0; n < 20; n++) await repository.put(entry({ owner: 'bob', key: `b${n}`, content: 'common' }), 2 + n);
    expect(await found(anna, 'common', { limit: 1 })).toEqual(['mine']);
    expect(await keys(anna, { limit: 1 })).toEqual(['mine']);
  });

  it('finds the newest first, and every entry by the empty word', async () => {
    const { repository } = await start();
    for (const n of [1, 2, 3]) await repository.put(entry({ key: `k${n}`, content: 'common' }), n);
    const [postings = [], all] = await repository.find(anna, ['common', ''], { limit: 2 });
    expect(postings).toHaveLength(2);
    expect(postings[0]).toBeGreaterThan(postings[1] ?? 0);
    expect(all).toEqual(postings);
  });

  it.each([
    ['case and accents', 'Café in ÎLE-de-France', ['CAFE', 'île', 'France']],
    ['pieces of Chinese', '我喜欢红色的自行车', ['自行车', '红色', '车']],
    ['pieces of Japanese and Latin in one run', '東京でiPhoneを買った', ['東京', 'iphone', '買']],
    ['Korean', '내 고양이 이름은 나비', ['고양이', '나비']],
    ['Cyrillic and Greek', 'Москва и Αθήνα', ['москва', 'αθηνα']],
    ['Hindi with its marks', 'मेरा नाम', ['नाम']],
    ['Arabic and Hebrew', 'قطة שלום', ['قطة', 'שלום']],
    ['numbers', 'order 4711, 3.5 kg', ['4711', '3', '5']],
    ['single letters', 'plan B', ['b']],
    ['words of the key', 'x', ['favourite colour']],
    ['fullwidth forms', 'ＡＢＣ１２', ['abc12']],
  ])('finds %s', async (_, content, queries) => {
    const { repository, found } = await start();
    await repository.put(entry({ key: 'favourite_colour', content }), 1);
    await repository.put(entry({ key: 'other', content: 'something else entirely' }), 1);
    for (const query of queries) expect([query, await found(anna, query)]).toEqual([query, ['favourite_colour']]);
  });

  it('takes every query for words and never for syntax', async () => {
    const { repository, found } = await start();
    await repository.put(entry({ owner: 'bob', key: 'secret', content: 'a b or near drop x y' }), 1);
    await repository.put(entry({ key: 'mine', content: 'a b or near drop memories table x y' }), 1);
    const syntax = [
      '"a" OR "b"',
      'NEAR(a b)',
      "'; drop table memories; --",
      "a' | 'b",
      'a:b',
      '{x}:y',
      '^a*',
      '-a',
      'a\\',
      '(b',
    ];
    for (const query of syntax) expect([query, await found(anna, query)]).toEqual([query, ['mine']]);
    for (const query of ['"', '(', '*', ':', '\\', '§', '']) expect(await found(anna, query)).toEqual([]);
    expect(await found(anna, 'a AND b')).toEqual([]);
  });

  it('turns pages without gaps or repeats, also over equal times', async () => {
    const { repository } = await start();
    for (let n = 0; n < 7; n++)
      await repository.put(
        entry({ key: `k${n}`, category: n % 3 ? 'notes' : 'core', owner: n % 2 ? 'anna' : 'bob' }),
        5,
      );
    await repository.put(entry({ key: 'newest' }), 6);
    const seen: string[] = [];
    let after: { updatedAt: number; seq: number } | undefined;
    for (;;) {
      const page = await repository.list(anna, { limit: 2, after });
      seen.push(...page.map(({ key }) => key));
      const last = page.at(-1);
      if (!last) break;
      after = { updatedAt: last.updated_at, seq: last.seq };
    }
    expect(seen).toEqual(['newest', 'k6', 'k5', 'k3', 'k1', 'k0']);
  });

  it('removes for everybody only what is core', async () => {
    const { repository, keys } = await start();
    await repository.put(entry({ owner: 'bob', key: 'k', category: 'core' }), 1);
    await repository.put(entry({ owner: 'eve', key: 'k', category: 'notes' }), 1);
    expect(await repository.removeCore('k')).toBe(true);
    expect(await repository.removeCore('k')).toBe(false);
    expect(await keys(anna)).toEqual([]);
    expect(await keys({ owner: 'eve' })).toEqual(['k']);
  });

  it('forgets the words with the entry', async () => {
    const { repository } = await start();
    await repository.put(entry({ key: 'k', content: 'common' }), 1);
    await repository.remove('anna', 'k');
    expect(await repository.find(anna, ['common', ''], { limit: 10 })).toEqual([[], []]);
    expect(await repository.count()).toBe(0);
  });

  it('stores two of one key at once as one', async () => {
    const { repository, keys } = await start();
    const second = new MemoryRepository(await open());
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 ? repository : second).put(entry({ key: 'k', content: `v${n}` }), n)),
    );
    expect(await keys(anna)).toEqual(['k']);
    const [row] = await repository.list(anna, { limit: 1 });
    const [posting] = await repository.find(anna, queryWords(row?.content ?? ''), { limit: 10 });
    expect(posting).toEqual([row?.seq]);
  });
});
