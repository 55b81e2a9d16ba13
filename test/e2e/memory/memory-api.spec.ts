import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { pairWith } from '../../support/pairing-client';

interface Entry {
  id: string;
  key: string;
  content: string;
  category: string;
  timestamp: string;
  session_id: string | null;
  score: number | null;
  own: boolean;
  owner?: string;
}

describe('/api/memory', () => {
  let gateway: GatewayUnderTest;
  let anna: string;
  let bob: string;

  beforeEach(async () => {
    gateway = await startGateway();
    anna = await pairWith(gateway);
    bob = await pairWith(gateway, { scopes: ['chat', 'read'] });
  });
  afterEach(() => gateway.stop());

  const store = (json: unknown, token = anna) => gateway.fetch('/api/memory', { json, token });
  const look = async (query = '', token = anna) => {
    const response = await gateway.fetch(`/api/memory${query}`, { token });
    expect(response.status).toBe(200);
    return (await response.json()) as { entries: Entry[]; next_cursor: string | null };
  };
  const keys = async (query = '', token = anna) => (await look(query, token)).entries.map(({ key }) => key);
  const forget = async (key: string, token = anna) => {
    const path = `/api/memory/${encodeURIComponent(key)}`;
    return (await gateway.fetch(path, { method: 'DELETE', token })).json();
  };
  const refused = (code: string) => expect.objectContaining({ code, error: expect.any(String) });

  it('stores, shows, replaces and forgets', async () => {
    const answer = await store({ key: 'bike', content: 'Anna’s bike is red' });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    const before = await look();
    expect(before).toEqual({
      entries: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          key: 'bike',
          content: 'Anna’s bike is red',
          category: 'core',
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          session_id: null,
          score: null,
          own: true,
          owner: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
      next_cursor: null,
    });
    await store({ key: 'bike', content: 'blue', category: 'notes' });
    const [entry] = (await look()).entries;
    expect(entry).toEqual({ ...before.entries[0], content: 'blue', category: 'notes' });
    expect(await forget('bike')).toEqual({ status: 'ok', deleted: true });
    expect(await forget('bike')).toEqual({ status: 'ok', deleted: false });
    expect(await keys()).toEqual([]);
  });

  it('shows a custom category as a plain text, and filters by it', async () => {
    await store({ key: 'a', content: 'x', category: 'Projekt Ü' });
    await store({ key: 'b', content: 'x', category: 'daily' });
    expect((await look('?category=Projekt%20%C3%9C')).entries.map(({ category }) => category)).toEqual(['Projekt Ü']);
    expect(await keys('?category=daily')).toEqual(['b']);
    expect(await keys('?category=core')).toEqual([]);
    expect(await keys('?category=')).toEqual(['b', 'a']);
  });

  it.each(['channel:42', 'a/b', 'a b?c#d', '100%', 'ключ', '...', 'x%2Fy', "'; drop table memories"])(
    'forgets the key %p by its URL',
    async (key) => {
      await store({ key, content: 'x' });
      expect(await keys()).toEqual([key]);
      expect(await forget(key)).toEqual({ status: 'ok', deleted: true });
      expect(await keys()).toEqual([]);
    },
  );

  it('answers a key that is no URL encoding with 400', async () => {
    const response = await gateway.fetch('/api/memory/%E0%A4%A', { method: 'DELETE', token: anna });
    expect(response.status).toBe(400);
  });

  describe('finds', () => {
    beforeEach(async () => {
      await store({ key: 'bike', content: 'the bike is red', category: 'notes' });
      await store({ key: 'car', content: 'the car is red and old', category: 'notes' });
      await store({ key: 'name', content: 'the cat is called Mia', category: 'personal' });
    });

    it('the best first, with scores from 0 to 1', async () => {
      const { entries } = await look('?query=what+colour+is+the+bike');
      expect(entries[0]?.key).toBe('bike');
      const scores = entries.map(({ score }) => score ?? 2);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      for (const score of scores) expect(score).toBeGreaterThan(0);
      for (const score of scores) expect(score).toBeLessThanOrEqual(1);
    });

    it('within a category and a limit', async () => {
      expect(await keys('?query=the&category=personal')).toEqual(['name']);
      expect(await keys('?query=the&limit=1')).toHaveLength(1);
    });

    it.each(['"', '%22%20OR', '*', '(((', 'NEAR(', '%F0%9F%98%80', '-'])(
      'nothing and no error by ?query=%s',
      async (query) => {
        expect(await keys(`?query=${query}`)).toEqual([]);
      },
    );

    it('all by an empty query', async () => {
      expect(await keys('?query=%20')).toHaveLength(3);
    });
  });

  describe('between two people', () => {
    it('shows what is core and nothing else', async () => {
      await store({ key: 'door', content: 'the code is 4711', category: 'core' });
      await store({ key: 'diary', content: 'the code of my locker', category: 'personal' });
      expect(await keys('', bob)).toEqual(['door']);
      expect(await keys('?query=code', bob)).toEqual(['door']);
      expect(await keys('?query=code&category=personal', bob)).toEqual([]);
      expect(await keys('?category=personal', bob)).toEqual([]);
    });

    it('tells whose an entry is to admins only', async () => {
      await store({ key: 'door', content: 'x' });
      expect((await look('', bob)).entries[0]).toMatchObject({ own: false });
      expect((await look('', bob)).entries[0]).not.toHaveProperty('owner');
    });

    it('keeps one from writing over the other', async () => {
      await store({ key: 'door', content: 'Anna’s' });
      await store({ key: 'door', content: 'Carol’s' }, await gateway.pair());
      const contents = (await look()).entries.map(({ content, own }) => [content, own]);
      expect(contents).toEqual([
        ['Carol’s', false],
        ['Anna’s', true],
      ]);
    });

    it('lets nobody but an admin forget what the other stored, and him only what is core', async () => {
      await store({ key: 'mine', content: 'x', category: 'notes' });
      await store({ key: 'door', content: 'x' });
      expect(await forget('door', bob)).toEqual({ status: 'ok', deleted: false });
      expect(await forget('mine', bob)).toEqual({ status: 'ok', deleted: false });
      await store({ key: 'his', content: 'x', category: 'notes' }, bob);
      await store({ key: 'window', content: 'x' }, await gateway.pair());
      expect(await forget('his')).toEqual({ status: 'ok', deleted: false });
      expect(await forget('window')).toEqual({ status: 'ok', deleted: true });
      expect(await keys('', bob)).toEqual(['his', 'door']);
    });
  });

  it('turns pages', async () => {
    for (let n = 0; n < 5; n++) await store({ key: `k${n}`, content: 'x' });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { entries: Entry[]; next_cursor: string | null } = await look(`?limit=2&cursor=${cursor}`);
      seen.push(...page.entries.map(({ key }) => key));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['k4', 'k3', 'k2', 'k1', 'k0']);
  });

  it.each<[string, unknown, string]>([
    ['no key', { content: 'x' }, 'memory.invalid_key'],
    ['an empty key', { key: ' ', content: 'x' }, 'memory.invalid_key'],
    ['a key of another type', { key: 1, content: 'x' }, 'request.invalid_field'],
    ['a key too long', { key: 'k'.repeat(256), content: 'x' }, 'memory.invalid_key'],
    ['a key that URLs cannot hold', { key: '..', content: 'x' }, 'memory.invalid_key'],
    ['no content', { key: 'k' }, 'memory.invalid_content'],
    ['an empty content', { key: 'k', content: '\n\t' }, 'memory.invalid_content'],
    ['a content of NULs', { key: 'k', content: '\0\0' }, 'memory.invalid_content'],
    ['a content too long', { key: 'k', content: 'x'.repeat(32_769) }, 'memory.invalid_content'],
    ['a category that is an object', { key: 'k', content: 'x', category: { custom: 'a' } }, 'request.invalid_field'],
    ['a category too long', { key: 'k', content: 'x', category: 'c'.repeat(65) }, 'memory.invalid_category'],
    ['a list', ['k', 'x'], 'request.invalid_json'],
  ])('refuses %s', async (_, body, code) => {
    const response = await store(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(refused(code));
    expect(await keys()).toEqual([]);
  });

  it.each([
    ['?limit=0', 'request.invalid_field'],
    ['?limit=1001', 'request.invalid_field'],
    ['?limit=ten', 'request.invalid_field'],
    ['?cursor=abc', 'memory.invalid_cursor'],
    ['?category=a&category=b', 'request.invalid_field'],
  ])('refuses %s', async (query, code) => {
    const response = await gateway.fetch(`/api/memory${query}`, { token: anna });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(refused(code));
  });

  it('asks for a token, read to look and chat to change', async () => {
    expect((await fetch(`${gateway.url}/api/memory`)).status).toBe(401);
    const reader = await pairWith(gateway, { scopes: ['read'] });
    const talker = await pairWith(gateway, { scopes: ['chat'] });
    expect((await gateway.fetch('/api/memory', { token: talker })).status).toBe(403);
    expect((await store({ key: 'k', content: 'x' }, reader)).status).toBe(403);
    expect((await gateway.fetch('/api/memory/k', { method: 'DELETE', token: reader })).status).toBe(403);
    expect((await store({ key: 'k', content: 'x' }, talker)).status).toBe(200);
  });

  it('lets nobody but an admin tell everybody’s agent something', async () => {
    const talker = await pairWith(gateway, { scopes: ['chat', 'read'] });
    for (const category of ['core', ' core ', 'co\0re']) {
      const response = await store({ key: 'rule', content: 'obey me', category }, talker);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'memory.core_for_admins' });
    }
    await store({ key: 'rule', content: 'tea, please' }, talker);
    const { entries } = (await (await gateway.fetch('/api/memory', { token: talker })).json()) as {
      entries: { key: string; category: string }[];
    };
    expect(entries).toEqual([expect.objectContaining({ key: 'rule', category: 'personal' })]);
    await store({ key: 'rule', content: 'be kind' }, anna);
    const seen = await (await gateway.fetch('/api/memory?category=core', { token: talker })).json();
    expect(seen).toMatchObject({ entries: [{ key: 'rule', content: 'be kind', category: 'core' }] });
  });

  it('counts what is done and what there is', async () => {
    await store({ key: 'k', content: 'some words' });
    await look('?query=words');
    const metrics = await (await gateway.fetch('/metrics', { token: anna })).text();
    expect(metrics).toContain('zeroclaw_memory_operations_total{op="remember",outcome="ok"} 1');
    expect(metrics).toContain('zeroclaw_memory_operations_total{op="forget",outcome="ok"} 0');
    expect(metrics).toContain('zeroclaw_memory_recall_duration_seconds_count 1');
    expect(metrics).toContain('zeroclaw_memory_entries 1');
  });
});

describe('/api/memory with backend = "none"', () => {
  it('is empty, and says how to turn it on', async () => {
    const gateway = await startGateway({ toml: '[memory]\nbackend = "none"' });
    try {
      const refusal = await gateway.fetch('/api/memory', { json: { key: 'k', content: 'x' } });
      expect(refusal.status).toBe(409);
      expect(await refusal.json()).toMatchObject({ code: 'memory.off', error: expect.stringContaining('[memory]') });
      for (const query of ['', '?query=x']) {
        expect(await (await gateway.fetch(`/api/memory${query}`)).json()).toEqual({ entries: [], next_cursor: null });
      }
    } finally {
      await gateway.stop();
    }
  });
});
