import type { ServerResponse } from 'node:http';
import { PairingService } from '../../../src/pairing/pairing.service';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { readEvents } from '../../support/sse-client';
import { until } from '../../support/until';
import type { RawUpstream } from '../../support/upstream';
import { chunk, openStream, sse, startRawUpstream } from '../../support/upstream';

const WORDS = Array.from({ length: 900 }, (_, index) => `word ${index}, ${'lorem ipsum dolor '.repeat(3)}`);
const WHOLE = WORDS.join('');

describe('/api/runs', () => {
  let gateway: GatewayUnderTest;
  let upstream: RawUpstream;
  /** Answers of the model that are under way; `slow` ones are ended by the test. */
  const open = new Set<ServerResponse>();

  beforeAll(async () => {
    upstream = await startRawUpstream(async (response, _, body) => {
      const { stream, messages } = JSON.parse(body) as { stream?: boolean; messages: { content: string }[] };
      const asked = messages.at(-1)?.content ?? '';
      if (asked.includes('hang')) {
        open.add(response);
        return;
      }
      if (stream !== true) {
        const message = { role: 'assistant', content: 'short' };
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }));
        return;
      }
      openStream(response);
      for (const [index, content] of WORDS.entries()) {
        if (index % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
        if (response.destroyed) return;
        response.write(sse(chunk({ content })));
      }
      response.end(sse(chunk({}, 'stop'), '[DONE]'));
    });
    gateway = await startGateway({ toml: `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n` });
  }, 30_000);
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const push = async (session: string, content: string, token?: string) => {
    const path = `/api/sessions/${encodeURIComponent(session)}/messages`;
    const response = await gateway.fetch(path, { json: { content }, ...(token && { token }) });
    expect(response.status).toBe(202);
    const { run_id } = (await response.json()) as { run_id: string };
    expect(response.headers.get('x-run-id')).toBe(run_id);
    return run_id;
  };
  const get = async (path: string, token?: string) => {
    const response = await gateway.fetch(path, token ? { token } : {});
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('gives a reader that is cut 50 times at random every event once', async () => {
    const id = await push('cut', 'tell me everything');
    const events: { id: number; data: Record<string, unknown> }[] = [];
    let cuts = 0;
    for (let ended = false; !ended;) {
      const client = new AbortController();
      const patience = cuts < 50 ? 1 + Math.floor(Math.random() * 18) : Infinity;
      const response = await gateway.fetch(`/api/runs/${id}/events`, {
        headers: events.length > 0 ? { 'Last-Event-ID': String(events.at(-1)?.id) } : {},
        signal: client.signal,
      });
      expect(response.status).toBe(200);
      let read = 0;
      for await (const event of readEvents(response)) {
        events.push({ id: Number(event.id), data: JSON.parse(event.data) as Record<string, unknown> });
        ended = event.event === 'done';
        if (++read >= patience) break;
      }
      client.abort();
      if (!ended) cuts++;
    }
    expect(cuts).toBe(50);
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
    const chunks = events.filter(({ data }) => data['type'] === 'chunk').map(({ data }) => data['content']);
    expect(chunks.join('')).toBe(WHOLE);
    expect(events.at(-1)?.data).toMatchObject({
      type: 'done',
      run_id: id,
      full_response: WHOLE,
      finish_reason: 'stop',
    });
    const late = await gateway.fetch(`/api/runs/${id}/events?last_event_id=${events.length}`);
    expect(late.status).toBe(204);
  }, 60_000);

  it.each([
    ['/webhook', { message: 'hello' }],
    ['/api/chat', { message: 'hello', session_id: 'doors' }],
    ['/v1/chat/completions', { model: 'zeroclaw', messages: [{ role: 'user', content: 'hello' }] }],
  ])('names the run of %s in X-Run-Id, also when the answer is given again', async (path, json) => {
    const headers = { 'Idempotency-Key': `key-${path}` };
    const first = await gateway.fetch(path, { json, headers });
    const id = first.headers.get('x-run-id');
    expect(id).toMatch(/^run_/);
    await first.text();
    const again = await gateway.fetch(path, { json, headers });
    expect(again.headers.get('x-run-id')).toBe(id);
    const { body } = await get(`/api/runs/${id}`);
    expect(body).toMatchObject({ id, status: 'completed', model: expect.stringContaining('/m'), error: null });
    const events = await gateway.fetch(`/api/runs/${id}/events`);
    const types: string[] = [];
    for await (const event of readEvents(events)) types.push(event.event);
    expect(types).toEqual(['user_message', 'chunk', 'done']);
  });

  it('cancels a turn of any door; the client that waits is told so', async () => {
    const waiting = gateway.fetch('/api/chat', { json: { message: 'hang', session_id: 'cancel' } });
    await until(
      async () => ((await get('/api/runs?status=running&session_id=cancel')).body['runs'] as object[]).length === 1,
    );
    const [run] = (await get('/api/runs?status=running&session_id=cancel')).body['runs'] as { id: string }[];
    const cancel = () => gateway.fetch(`/api/runs/${run?.id}/cancel`, { method: 'POST' });
    expect((await cancel()).status).toBe(202);
    const answer = await waiting;
    expect(answer.status).toBe(499);
    expect(await answer.json()).toMatchObject({ code: 'turn.cancelled' });
    expect((await get(`/api/runs/${run?.id}`)).body).toMatchObject({
      status: 'cancelled',
      error: { code: 'turn.cancelled' },
    });
    const again = await cancel();
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'run.finished' });
  });

  it('shows nobody the runs and sessions of others', async () => {
    const { code } = await gateway.get(PairingService).issueCode({ scopes: ['chat'] });
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    const { token: other } = (await paired.json()) as { token: string };
    const id = await push('private', 'hang');
    for (const path of [`/api/runs/${id}`, `/api/runs/${id}/events`]) {
      expect(await get(path, other)).toMatchObject({ status: 404, body: { code: 'run.unknown' } });
    }
    const cancel = (token?: string) =>
      gateway.fetch(`/api/runs/${id}/cancel`, { method: 'POST', ...(token && { token }) });
    expect((await cancel(other)).status).toBe(404);
    expect((await get('/api/runs?all=true', other)).body).toEqual({ runs: [], next_before: null });
    expect((await get('/api/sessions?owner=local', other)).status).toBe(403);
    const admin = await gateway.pair();
    expect((await get('/api/runs', admin)).body).toEqual({ runs: [], next_before: null });
    expect((await get('/api/runs?all=true', admin)).body['runs']).not.toEqual([]);
    expect((await get(`/api/runs/${id}`, admin)).status).toBe(200);
    expect((await get('/api/sessions', other)).body).toEqual({ sessions: [], next_cursor: null });
    expect((await get('/api/sessions/private', other)).status).toBe(404);
    expect((await gateway.fetch('/api/sessions/private', { method: 'DELETE', token: other })).status).toBe(404);
    for (const path of [`/api/runs/run_none`, `/api/runs/run_none/events`]) {
      expect(await get(path)).toMatchObject({ status: 404, body: { code: 'run.unknown' } });
    }
    expect((await cancel(admin)).status).toBe(202);
  });

  it('answers bad questions with 400', async () => {
    for (const path of [
      '/api/runs?limit=0',
      '/api/runs?status=odd',
      '/api/sessions?cursor=x',
      '/api/sessions?limit=501',
    ]) {
      expect((await get(path)).status).toBe(400);
    }
    const bad = await gateway.fetch('/api/runs/run_none/events', { headers: { 'Last-Event-ID': 'x' } });
    expect(await bad.json()).toMatchObject({ code: 'run.invalid_event_id' });
    for (const [id, json] of [
      ['a b', { content: 'x' }],
      ['ok', { content: '  ' }],
      ['ok', { content: 'x', role: 'system' }],
    ] as const) {
      const response = await gateway.fetch(`/api/sessions/${encodeURIComponent(id)}/messages`, { json });
      expect(response.status).toBe(400);
    }
  });

  it('lists, shows and deletes sessions, page by page', async () => {
    for (const session of ['github_owner/repo#7', 'whatsapp_+49123']) {
      await (await gateway.fetch('/api/chat', { json: { message: `hello ${session}`, session_id: session } })).text();
    }
    const said = await gateway.fetch('/api/sessions/whatsapp_%2B49123/messages', {
      json: { content: 'By the way', role: 'assistant' },
    });
    expect(said.status).toBe(201);
    const first = (await get('/api/sessions?limit=1')).body as { sessions: object[]; next_cursor: string };
    expect(first.sessions).toMatchObject([{ id: 'whatsapp_+49123', running: [] }]);
    const second = await get(`/api/sessions?limit=1&cursor=${first.next_cursor}`);
    expect(second.body).toMatchObject({ sessions: [{ id: 'github_owner/repo#7' }] });
    const whole = (await get('/api/sessions/whatsapp_%2B49123')).body as { messages: { seq: number }[] };
    expect(whole.messages).toMatchObject([
      { role: 'user', content: 'hello whatsapp_+49123' },
      { role: 'assistant', content: 'short' },
      { role: 'assistant', content: 'By the way' },
    ]);
    const newest = (await get('/api/sessions/whatsapp_%2B49123?limit=1')).body as { next_before: number };
    expect(newest).toMatchObject({ messages: [{ content: 'By the way' }] });
    const older = await get(`/api/sessions/whatsapp_%2B49123?limit=5&before=${newest.next_before}`);
    expect(older.body).toMatchObject({ messages: [{ role: 'user' }, { content: 'short' }], next_before: null });
    const gone = await gateway.fetch('/api/sessions/github_owner%2Frepo%237', { method: 'DELETE' });
    expect(await gone.json()).toEqual({ status: 'ok', deleted: 'github_owner/repo#7' });
    expect((await get('/api/sessions/github_owner%2Frepo%237')).status).toBe(404);
  });

  it('runs a pushed message once, however often it is sent with the same key', async () => {
    const send = () =>
      gateway.fetch('/api/sessions/once/messages', { json: { content: 'hi' }, headers: { 'Idempotency-Key': 'once' } });
    const [first, second] = [await send(), await send()];
    expect(await second.text()).toBe(await first.text());
    await until(
      async () => ((await get('/api/runs?session_id=once&status=completed')).body['runs'] as object[]).length === 1,
    );
    expect((await get('/api/sessions/once')).body['messages']).toHaveLength(2);
  });
});
