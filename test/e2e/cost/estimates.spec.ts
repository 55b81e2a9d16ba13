import type { ServerResponse } from 'node:http';
import { startRawUpstream } from '../../support/upstream';
import type { RawHandler, RawUpstream } from '../../support/upstream';
import { until } from '../../support/until';
import { costToml, startCostGateway } from './cost-gateway';
import type { CostGateway } from './cost-gateway';

/** One USD for every million tokens, in or out. */
const PRICES = '[cost.prices."upstream/gpt-test"]\ninput = 1\noutput = 1\n';
const TOKEN_USD = 1e-6;

let upstream: RawUpstream;
let gateway: CostGateway;
let play: RawHandler;

beforeAll(async () => (upstream = await startRawUpstream((...call) => play(...call))));
afterAll(() => upstream.stop());
beforeEach(async () => (gateway = await startCostGateway({ toml: costToml(upstream.url, PRICES) })));
afterEach(() => gateway.stop());

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-test',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  })}\n\n`;
const stream = (response: Parameters<RawHandler>[0], ...pieces: string[]) => {
  response.setHeader('Content-Type', 'text/event-stream');
  for (const piece of pieces) response.write(piece);
};
const WORDS = 'four '.repeat(80);
/** 400 characters in, 400 out. */
const asked = { message: WORDS };

async function booked() {
  await until(async () => (await gateway.cost()).request_count > 0);
  const cost = await gateway.cost();
  expect(cost.by_day).toMatchObject([{ request_count: 1, estimated_count: 1 }]);
  return cost.daily_cost_usd / TOKEN_USD;
}

describe('a call whose tokens nobody has counted', () => {
  it('is estimated when the host states no usage', async () => {
    play = (response) => {
      stream(response, chunk(WORDS), chunk('', 'stop'), 'data: [DONE]\n\n');
      response.end();
    };

    await (await gateway.fetch('/webhook', { json: { ...asked, stream: true } })).text();

    // The system prompt and what surrounds a message count too.
    const tokens = await booked();
    expect(tokens).toBeGreaterThan(200);
    expect(tokens).toBeLessThan(1_000);
  });

  it('is estimated when the host states nonsense', async () => {
    play = (response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({
          usage: { prompt_tokens: -5, completion_tokens: 1.5 },
          choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }],
        }),
      );
    };

    await gateway.fetch('/webhook', { json: asked });

    expect(await booked()).toBeGreaterThan(100);
  });

  it('is estimated when the answer breaks off', async () => {
    let host: ServerResponse | undefined;
    play = (response) => {
      host = response;
      stream(response, chunk(WORDS));
    };

    const answer = await gateway.fetch('/webhook', { json: { ...asked, stream: true } });
    for await (const piece of answer.body ?? []) if (piece.length > 0) host?.destroy();

    expect(await booked()).toBeGreaterThan(200);
  });

  it('is estimated when the client leaves in the middle', async () => {
    play = (response) => stream(response, chunk(WORDS));
    const left = new AbortController();
    const answer = await gateway.fetch('/webhook', { json: { ...asked, stream: true }, signal: left.signal });
    await answer.body?.getReader().read();
    left.abort();

    expect(await booked()).toBeGreaterThan(200);
  });

  it('is estimated when a forwarded stream breaks off', async () => {
    let host: ServerResponse | undefined;
    play = (response) => {
      host = response;
      stream(response, ...Array.from({ length: 99 }, () => chunk('four ')), chunk('last '));
    };

    const answer = await gateway.complete(WORDS, { stream: true });
    let read = '';
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      read += piece;
      if (read.includes('last ')) host?.destroy();
    }
    expect(read).toContain('"error"');

    const tokens = await booked();
    expect(tokens).toBeGreaterThan(150);
    expect(tokens).toBeLessThan(500);
  });

  it('counts its question when the client left before the host answered', async () => {
    play = () => undefined;
    const left = new AbortController();
    const question = { model: 'upstream/gpt-test', messages: [{ role: 'user', content: WORDS }] };
    const before = upstream.requests.length;
    const cut = gateway.fetch('/v1/chat/completions', { json: question, signal: left.signal }).catch(() => 'left');
    await until(() => upstream.requests.length > before);
    left.abort();
    expect(await cut).toBe('left');

    const tokens = await booked();
    expect(tokens).toBeGreaterThan(100);
    expect(tokens).toBeLessThan(150);
  });

  it('does not take a picture for a long text', async () => {
    play = (response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ choices: [{ index: 0, message: { content: 'A cat' }, finish_reason: 'stop' }] }));
    };
    const url = `data:image/png;base64,${'A'.repeat(400_000)}`;

    await gateway.fetch('/v1/chat/completions', {
      json: {
        model: 'upstream/gpt-test',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      },
    });

    expect(await booked()).toBeLessThan(2_000);
  });
});

describe('the report', () => {
  it('knows the sessions and the tokens of the callers', async () => {
    play = (response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({
          usage: { prompt_tokens: 10, completion_tokens: 5 },
          choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }],
        }),
      );
    };
    const [anna, bob] = [await gateway.pair(), await gateway.pair()];
    for (const [token, session_id] of [
      [anna, 'trip'],
      [anna, 'trip'],
      [bob, 'trip'],
      [bob, undefined],
    ] as const) {
      const answer = await gateway.fetch('/api/chat', { json: { message: 'hi', session_id }, token });
      expect(answer.status).toBe(200);
    }

    const { by_session: sessions, by_token: tokens, request_count: count } = await gateway.cost();

    expect(count).toBe(4);
    expect(tokens.map((row) => row.request_count)).toEqual([2, 2]);
    expect(new Set(tokens.map((row) => row.token_id)).size).toBe(2);
    expect(sessions).toMatchObject([
      { session_id: 'trip', request_count: 2 },
      { session_id: 'trip', request_count: 1 },
    ]);
    expect(sessions[0]?.token_id).not.toBe(sessions[1]?.token_id);
  });

  it('is about the days that are asked for', async () => {
    expect(await gateway.cost('?from=2020-01-01&to=2020-01-31')).toMatchObject({ from: '2020-01-01', by_day: [] });
    for (const query of ['?from=yesterday', '?to=2026-02-30', '?from=2026-02-02&to=2026-02-01', '?from=1999-01-01']) {
      const response = await gateway.fetch(`/api/cost${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'request.invalid_field' });
    }
  });

  it('needs a token that may read', async () => {
    expect((await fetch(`${gateway.url}/api/cost`)).status).toBe(401);
  });

  it('is all zero while nothing is counted', async () => {
    await gateway.stop();
    gateway = await startCostGateway({ toml: 'default_provider = "echo"\n' });
    await gateway.fetch('/api/chat', { json: { message: 'hi' } });

    expect(await gateway.cost()).toMatchObject({
      session_cost_usd: 0,
      daily_cost_usd: 0,
      monthly_cost_usd: 0,
      total_tokens: 0,
      request_count: 0,
      by_model: {},
      enabled: false,
    });
  });
});
