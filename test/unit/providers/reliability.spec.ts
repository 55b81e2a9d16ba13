import { once } from 'node:events';
import { listen, patient, saying, startModels, type ModelsUnderTest } from '../../support/models';
import { TestClock } from '../../support/test-clock';
import { chunk, openStream, sse, startRawUpstream, type RawHandler, type RawUpstream } from '../../support/upstream';

const good =
  (text = 'ok'): RawHandler =>
  (response) =>
    void openStream(response).end(
      sse(
        chunk({ content: text }),
        chunk({}, 'stop'),
        { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } },
        '[DONE]',
      ),
    );
const refuse =
  (status: number, error: Record<string, unknown> = {}, headers: Record<string, string> = {}): RawHandler =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));

/** Answers one request after the other; the last one for all that follow. */
function inTurn(...handlers: RawHandler[]): RawHandler {
  let next = 0;
  return (...call) => handlers[Math.min(next++, handlers.length - 1)]?.(...call);
}

const settings = 'provider_backoff_ms = 50\n';

describe('calling models reliably', () => {
  const clock = new TestClock();
  let first: RawUpstream;
  let second: RawUpstream;
  let firstHost: RawHandler;
  let secondHost: RawHandler;
  let under: ModelsUnderTest;

  beforeEach(async () => {
    firstHost = good('first');
    secondHost = good('second');
    first = await startRawUpstream((...call) => firstHost(...call));
    second = await startRawUpstream((...call) => secondHost(...call));
  });
  afterEach(async () => {
    await under.stop();
    await first.stop();
    await second.stop();
  });

  const providers = () => `
    [model_providers.one]
    base_url = "${first.url}/v1"
    api_key = "sk-one"
    [model_providers.two]
    base_url = "${second.url}/v1"
    api_key = "sk-two"
  `;
  const start = async (reliability: string, top = '', env: Record<string, string> = {}) => {
    under = await startModels(
      `default_provider = "one"\ndefault_model = "m"\n${top}\n[reliability]\n${settings}${reliability}\n${providers()}`,
      { clock, env },
    );
  };
  const ask = (signal = patient()) => listen(under.models.chat(saying('hi'), signal));
  const models = (upstream: RawUpstream) =>
    upstream.requests.map(({ body }) => (JSON.parse(body) as { model: string }).model);

  describe('retries', () => {
    it.each([
      ['429', refuse(429)],
      ['500', refuse(500)],
      ['408', refuse(408)],
      ['a connection that is closed', ((_response, request) => void request.socket.destroy()) as RawHandler],
      [
        'an error before the first word',
        ((response) => void openStream(response).end(sse({ error: { code: 503, message: 'm' } }))) as RawHandler,
      ],
    ])('try again after %s', async (_, failing) => {
      await start('');
      firstHost = inTurn(failing, failing, good());
      expect((await ask()).text).toBe('ok');
      expect(first.requests).toHaveLength(3);
    });

    it('end after provider_retries', async () => {
      await start('provider_retries = 1');
      firstHost = refuse(500);
      await expect(ask()).rejects.toMatchObject({ kind: 'server' });
      expect(first.requests).toHaveLength(2);
    });

    it.each([
      ['400', refuse(400), 'invalid_request'],
      ['401', refuse(401), 'auth'],
      ['404', refuse(404), 'not_found'],
      ['a used-up quota', refuse(429, { code: 'insufficient_quota' }), 'quota'],
      ['a wish to wait longer than 30 s', refuse(429, {}, { 'retry-after': '31' }), 'rate_limit'],
    ])('are not made after %s', async (_, failing, kind) => {
      await start('');
      firstHost = failing;
      await expect(ask()).rejects.toMatchObject({ kind });
      expect(first.requests).toHaveLength(1);
    });

    it('are not made once a word is out', async () => {
      await start('');
      firstHost = (response) =>
        void openStream(response).write(sse(chunk({ content: 'Hel' })), () => response.destroy());
      await expect(ask()).rejects.toMatchObject({ kind: 'cut' });
      expect(first.requests).toHaveLength(1);
    });

    it('wait as long as the host asks', async () => {
      await start('');
      firstHost = inTurn(refuse(429, {}, { 'retry-after': '1' }), good());
      const begun = performance.now();
      await ask();
      expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    });

    it('stop at once when the caller leaves', async () => {
      await start('');
      const controller = new AbortController();
      const reason = new Error('gone');
      firstHost = inTurn(refuse(429, {}, { 'retry-after': '30' }), good());
      under.events.on('model.response', () => controller.abort(reason));
      await expect(ask(controller.signal)).rejects.toBe(reason);
      expect(first.requests).toHaveLength(1);
    });
  });

  describe('fallbacks', () => {
    it('ask the next provider, and say who answered', async () => {
      await start('provider_retries = 0\nfallback_providers = ["two"]');
      firstHost = refuse(500);
      const { text, events } = await ask();
      expect(text).toBe('second');
      expect(events[0]).toEqual({ type: 'start', provider: 'two', model: 'm' });
    });

    it('go through the models, and for each through the providers', async () => {
      await start('provider_retries = 0\nfallback_providers = ["two"]\n[reliability.model_fallbacks]\nm = ["n"]');
      firstHost = refuse(500);
      secondHost = refuse(500);
      await expect(ask()).rejects.toMatchObject({
        kind: 'server',
        provider: 'one',
        message: expect.stringContaining('two: server'),
      });
      expect([models(first), models(second)]).toEqual([
        ['m', 'n'],
        ['m', 'n'],
      ]);
    });

    it('ask a provider for the models listed under its name', async () => {
      await start(
        'provider_retries = 0\nfallback_providers = ["two"]\n[reliability.model_fallbacks]\ntwo = ["x", "y"]',
      );
      firstHost = refuse(500);
      secondHost = inTurn(refuse(404), good());
      await ask();
      expect(models(second)).toEqual(['x', 'y']);
    });

    it('end where the conversation is too long for the model', async () => {
      await start('fallback_providers = ["two"]');
      firstHost = refuse(400, { code: 'context_length_exceeded' });
      await expect(ask()).rejects.toMatchObject({ kind: 'context_length', status: 400 });
      expect(second.requests).toHaveLength(0);
    });

    it('are for the default model only', async () => {
      await start('provider_retries = 0\nfallback_providers = ["two"]');
      firstHost = refuse(500);
      const target = under.models.resolve('one/other');
      await expect(listen(under.models.chat(saying('hi'), patient(), target))).rejects.toMatchObject({
        provider: 'one',
      });
      expect(second.requests).toHaveLength(0);
    });

    it('send each provider its own key', async () => {
      await start('provider_retries = 0\nfallback_providers = ["two"]', 'api_key = "sk-default"');
      firstHost = refuse(500);
      await ask();
      expect(second.requests[0]?.headers.authorization).toBe('Bearer sk-two');
    });
  });

  describe('several keys', () => {
    const keys = () => first.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

    it('take turns when the host limits or refuses one, at once and from then on', async () => {
      await start('api_keys = ["sk-b", "sk-c"]');
      firstHost = inTurn(refuse(429), refuse(401), good());
      expect((await ask()).text).toBe('ok');
      await ask();
      expect(keys()).toEqual(['sk-one', 'sk-b', 'sk-c', 'sk-c']);
    });

    it('are tried once each', async () => {
      await start('provider_retries = 0\napi_keys = ["sk-b"]');
      firstHost = refuse(401);
      await expect(ask()).rejects.toMatchObject({ kind: 'auth', status: 502 });
      expect(keys()).toEqual(['sk-one', 'sk-b']);
    });
  });

  describe('the circuit breaker', () => {
    it('leaves a failing host alone, goes to the fallback at once, and comes back', async () => {
      await start(
        'provider_retries = 0\ncircuit_failure_threshold = 2\ncircuit_cooldown_secs = 10\nfallback_providers = ["two"]',
      );
      const states: string[] = [];
      under.events.on('model.circuit', ({ provider, state }) => states.push(`${provider} ${state}`));
      firstHost = refuse(500);
      await ask();
      await ask();
      expect((await ask()).text).toBe('second');
      expect(first.requests).toHaveLength(2);

      firstHost = good('first');
      clock.advance(10_001);
      expect((await ask()).text).toBe('first');
      expect(states).toEqual(['one open', 'one half_open', 'one closed']);
    });

    it('tells the caller when there is no other host', async () => {
      await start('provider_retries = 0\ncircuit_failure_threshold = 1');
      firstHost = refuse(503);
      await expect(ask()).rejects.toMatchObject({ kind: 'server' });
      await expect(ask()).rejects.toMatchObject({ kind: 'circuit_open', status: 503, options: { retryAfter: 30 } });
      expect(first.requests).toHaveLength(1);
    });

    it('counts answers that break off', async () => {
      await start('provider_retries = 0\ncircuit_failure_threshold = 2');
      firstHost = (response) => void openStream(response).end(sse(chunk({ content: 'x' })));
      await expect(ask()).rejects.toMatchObject({ kind: 'cut' });
      await expect(ask()).rejects.toMatchObject({ kind: 'cut' });
      await expect(ask()).rejects.toMatchObject({ kind: 'circuit_open' });
    });
  });

  describe('forwarding', () => {
    const body = Buffer.from('{ "model":"m",  "odd": [1.0] }');
    const forward = (stream: boolean, signal = patient()) => {
      const target = under.models.resolve('one/m');
      if (!target) throw new Error('one is configured');
      return under.models.forward(target, { body, stream }, signal);
    };

    it('passes the body on byte for byte and hands the answer back unread', async () => {
      await start('');
      firstHost = (response) =>
        void response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'r1' }).end('{ "a" : 1 }');
      const answer = await forward(false);
      expect(first.requests[0]?.body).toBe(body.toString());
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-request-id': 'r1' } });
      expect(await answer.body.text()).toBe('{ "a" : 1 }');
      answer.finished({ inputTokens: 3, outputTokens: 4 });
      expect(under.calls).toMatchObject([
        { provider: 'one', model: 'm', outcome: 'ok', streamed: false, usage: { inputTokens: 3 } },
      ]);
    });

    it('retries before the answer and never asks another provider', async () => {
      await start('fallback_providers = ["two"]');
      firstHost = inTurn(refuse(503), good());
      (await forward(true)).body.discard();
      firstHost = refuse(400, { message: 'bad field', param: 'odd', type: 'invalid_request_error' });
      await expect(forward(true)).rejects.toMatchObject({
        kind: 'invalid_request',
        status: 400,
        options: { param: 'odd' },
      });
      expect(first.requests).toHaveLength(3);
      expect(second.requests).toHaveLength(0);
    });

    it('ends the answer and its connection when the caller leaves', async () => {
      await start('');
      firstHost = (response) => void openStream(response).write(sse(chunk({ content: 'x' })));
      const controller = new AbortController();
      const reason = new Error('gone');
      const answer = await forward(true, controller.signal);
      const [socket] = first.open;
      const closed = socket && once(socket, 'close');
      controller.abort(reason);
      await expect(answer.body.text()).rejects.toBe(reason);
      await closed;
      answer.failed(reason);
      answer.finished();
      expect(under.calls.map(({ outcome }) => outcome)).toEqual(['aborted']);
    });

    it('uses its connections again', async () => {
      await start('');
      for (let round = 0; round < 10; round++) {
        const answer = await forward(true);
        await answer.body.text();
        answer.finished();
      }
      // A socket rests for a tick after its answer, so a caller that asks again at once has two.
      expect(first.sockets).toBeLessThanOrEqual(2);
    });
  });

  describe('what is announced', () => {
    it('is every call with its outcome, times and tokens, in labels from closed sets', async () => {
      await start('provider_retries = 1');
      firstHost = inTurn(refuse(500), good());
      await ask();
      await listen(under.models.chat(saying('hi'), patient(), under.models.resolve('one/whatever-a-client-says')));
      expect(under.calls).toMatchObject([
        { provider: 'one', model: 'm', outcome: 'server' },
        {
          provider: 'one',
          model: 'm',
          outcome: 'ok',
          streamed: true,
          usage: { inputTokens: 3, outputTokens: 1 },
          timeToFirstTokenMs: expect.any(Number),
          durationMs: expect.any(Number),
        },
        { model: 'whatever-a-client-says', outcome: 'ok' },
      ]);
      const text = await under.metrics();
      expect(text).toContain('zeroclaw_llm_requests_total{provider="one",model="m",outcome="ok"} 1');
      expect(text).toContain('zeroclaw_llm_requests_total{provider="one",model="m",outcome="server"} 1');
      expect(text).toContain('zeroclaw_llm_requests_total{provider="one",model="other",outcome="ok"} 1');
      expect(text).toContain('zeroclaw_provider_errors_total{provider="one",kind="server"} 1');
      expect(text).toContain('zeroclaw_tokens_input_total{provider="one",model="m"} 3');
      expect(text).toContain('zeroclaw_tokens_output_total{provider="one",model="m"} 1');
      expect(text).toContain('zeroclaw_time_to_first_token_seconds_count{provider="one"} 2');
      expect(text).toContain('zeroclaw_model_request_duration_seconds_count{provider="one"} 3');
    });

    it('is one outcome for a caller that stops listening', async () => {
      await start('');
      firstHost = (response) => void openStream(response).write(sse(chunk({ content: 'x' })));
      for await (const event of under.models.chat(saying('hi'), patient())) if (event.type === 'text') break;
      expect(under.calls).toMatchObject([{ outcome: 'aborted' }]);
    });
  });

  it('takes a new key and a new default from the configuration with the next call', async () => {
    await start('');
    await ask();
    await under.reconfigure(
      `default_provider = "two"\ndefault_model = "n"\n[model_providers.two]\nbase_url = "${second.url}/v1"\napi_key = "sk-new"`,
    );
    const { events } = await ask();
    expect(events[0]).toEqual({ type: 'start', provider: 'two', model: 'n' });
    expect(second.requests[0]?.headers.authorization).toBe('Bearer sk-new');
    expect(under.models.resolve('one/m')).toBeUndefined();
  });

  it('fills in the configured temperature and length where the caller sets none', async () => {
    await start('', 'default_temperature = 0.7\ndefault_max_tokens = 99');
    const sent = () => JSON.parse(first.requests.at(-1)?.body ?? '') as Record<string, unknown>;
    await ask();
    expect(sent()).toMatchObject({ temperature: 0.7, max_tokens: 99 });
    await listen(under.models.chat({ ...saying('hi'), temperature: 0, maxTokens: 5 }, patient()));
    expect(sent()).toMatchObject({ temperature: 0, max_tokens: 5 });
    await listen(under.models.chat({ ...saying('hi'), topP: 0.5 }, patient()));
    expect(sent()).not.toHaveProperty('temperature');
  });
});
