import { startModels, listen, patient, saying, type ModelsUnderTest } from '../../support/models';
import { chunk, openStream, sse, startRawUpstream, type RawHandler, type RawUpstream } from '../../support/upstream';

describe('an OpenAI-compatible host', () => {
  let handler: RawHandler;
  let upstream: RawUpstream;
  let under: ModelsUnderTest;

  beforeAll(async () => {
    upstream = await startRawUpstream((...call) => handler(...call));
    under = await startModels(
      `default_provider = "custom:${upstream.url}/v1"
       default_model = "m"
       api_key = "sk-secret-key"
       [reliability]
       provider_retries = 0
       circuit_failure_threshold = 0
       provider_first_byte_timeout_secs = 1
       provider_idle_timeout_secs = 1`,
    );
  });
  afterAll(async () => {
    await under.stop();
    await upstream.stop();
  });

  const ask = () => listen(under.models.chat(saying('hi'), patient()));
  const streamed =
    (text: string): RawHandler =>
    (response) =>
      void openStream(response).end(text);
  const lastBody = () => JSON.parse(upstream.requests.at(-1)?.body ?? '') as Record<string, unknown>;

  describe('what it answers', () => {
    const whole = sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      {
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 2,
          prompt_tokens_details: { cached_tokens: 3 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
    );

    it('streams text and ends with usage and finish', async () => {
      handler = streamed(`${whole}data: [DONE]\n\n`);
      const { text, usage, finish, events } = await ask();
      expect({ text, usage, finish }).toEqual({
        text: 'Hello',
        usage: { inputTokens: 5, outputTokens: 2, cachedInputTokens: 3, reasoningTokens: 1 },
        finish: 'stop',
      });
      expect(events[0]).toEqual({ type: 'start', provider: `custom:${upstream.url}/v1`, model: 'm' });
    });

    it('needs no [DONE] when the answer said that it is finished', async () => {
      handler = streamed(whole);
      expect(await ask()).toMatchObject({ text: 'Hello', finish: 'stop' });
    });

    it('takes a [DONE] for the end where a host never says why', async () => {
      handler = streamed(sse(chunk({ content: 'Hello' }), '[DONE]'));
      expect(await ask()).toMatchObject({ text: 'Hello', finish: 'stop', usage: undefined });
    });

    it('hands out text the moment it comes', async () => {
      let go = () => {};
      handler = (response) => {
        openStream(response).write(sse(chunk({ content: 'first' })));
        go = () => void response.end(sse(chunk({ content: 'second' }, 'stop'), '[DONE]'));
      };
      const answer = under.models.chat(saying('hi'), patient());
      expect((await answer.next()).value).toMatchObject({ type: 'start' });
      expect((await answer.next()).value).toEqual({ type: 'text', text: 'first' });
      go();
      expect((await listen(answer)).text).toBe('second');
    });

    it.each([
      ['reasoning_content', chunk({ reasoning_content: 'hm' })],
      ['reasoning', chunk({ reasoning: 'hm' })],
      ['parts', chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] })],
    ])('keeps thoughts in %s apart from the answer', async (_, thought) => {
      handler = streamed(sse(thought, chunk({ content: 'yes' }, 'stop'), '[DONE]'));
      expect(await ask()).toMatchObject({ reasoning: 'hm', text: 'yes' });
    });

    it.each([
      [
        'in pieces',
        [
          [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }],
          [{ index: 0, function: { arguments: '{"x"' } }],
          [{ index: 0, function: { arguments: ':1}' } }],
        ],
      ],
      ['whole', [[{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }]]],
      [
        'without an index',
        [[{ id: 'a', function: { name: 'f', arguments: '{"x"' } }], [{ function: { arguments: ':1}' } }]],
      ],
      ['with arguments as an object', [[{ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }]]],
      [
        'with its id in every piece',
        [
          [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }],
          [{ index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } }],
        ],
      ],
    ])('puts a tool call together that comes %s', async (_, pieces) => {
      handler = streamed(
        sse(...pieces.map((calls) => chunk({ tool_calls: calls })), chunk({}, 'tool_calls'), '[DONE]'),
      );
      expect(await ask()).toMatchObject({
        toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }],
        finish: 'tool_calls',
      });
    });

    it.each([
      [
        'their own indexes',
        [
          { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
          { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
        ],
      ],
      [
        'one index for all',
        [
          { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
          { index: 0, id: 'b', function: { name: 'g', arguments: '{}' } },
        ],
      ],
      [
        'no index',
        [
          { id: 'a', function: { name: 'f', arguments: '{}' } },
          { id: 'b', function: { name: 'g', arguments: '{}' } },
        ],
      ],
    ])('tells two tool calls apart that have %s', async (_, calls) => {
      handler = streamed(sse(chunk({ tool_calls: calls }), chunk({}, 'stop'), '[DONE]'));
      const { toolCalls, finish } = await ask();
      expect(toolCalls.map(({ id, name }) => id + name)).toEqual(['af', 'bg']);
      // A host that says `stop` after a call means the call.
      expect(finish).toBe('tool_calls');
    });

    it('gives a call an id when the host gives none', async () => {
      handler = streamed(sse(chunk({ tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, 'tool_calls')));
      expect((await ask()).toolCalls[0]?.id).toMatch(/^call_[0-9a-f]{24}$/);
    });

    it.each([
      ['length', 'length'],
      ['content_filter', 'content_filter'],
      ['eos', 'stop'],
    ])('reads the finish reason %s as %s', async (theirs, ours) => {
      handler = streamed(sse(chunk({ content: 'x' }, theirs)));
      expect((await ask()).finish).toBe(ours);
    });

    it('understands a host that does not stream', async () => {
      handler = (response) => {
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
        response.end(
          JSON.stringify({
            choices: [
              { index: 0, message: { role: 'assistant', content: 'whole', tool_calls: null }, finish_reason: 'stop' },
            ],
            usage: { prompt_tokens: 1, completion_tokens: 1 },
          }),
        );
      };
      expect(await ask()).toMatchObject({ text: 'whole', finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 } });
    });
  });

  describe('how it fails', () => {
    const failure = async () =>
      ask().then(
        () => 'no failure',
        (error: unknown) => error,
      );
    const json =
      (status: number, body: unknown, headers = {}): RawHandler =>
      (response) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      };

    it.each([
      [401, 'auth', 502],
      [403, 'auth', 502],
      [404, 'not_found', 404],
      [408, 'timeout', 504],
      [429, 'rate_limit', 429],
      [400, 'invalid_request', 400],
      [500, 'server', 502],
      [529, 'server', 502],
    ])('maps its %i to %s, which is a %i for the client', async (status, kind, ours) => {
      handler = json(status, { error: { message: 'their words' } });
      expect(await failure()).toMatchObject({ kind, status: ours, code: `provider.${kind}`, upstreamStatus: status });
    });

    it('tells the client how long the host wants to be left alone', async () => {
      handler = json(429, { error: { message: 'slow down' } }, { 'retry-after': '7' });
      expect(await failure()).toMatchObject({
        kind: 'rate_limit',
        options: { retryAfter: 7 },
        message: expect.stringContaining('in 7 s'),
      });
      handler = json(429, {}, { 'retry-after': new Date(Date.now() + 100_000).toUTCString() });
      const dated = (await failure()) as { options: { retryAfter: number } };
      expect(dated.options.retryAfter).toBeGreaterThan(90);
      expect(dated.options.retryAfter).toBeLessThanOrEqual(100);
    });

    it('quotes the host only where the caller has to correct the request, and never with a key', async () => {
      handler = json(400, { error: { message: 'bad messages, your key is sk-secret-key', param: 'messages' } });
      expect(await failure()).toMatchObject({
        message: expect.stringContaining('bad messages'),
        options: { param: 'messages' },
      });
      expect(((await failure()) as Error).message).not.toContain('sk-secret-key');
      handler = json(500, { error: { message: 'internal host db-17 is down' } });
      expect(((await failure()) as Error).message).not.toContain('db-17');
    });

    it('is cut when the stream ends without a finish, politely or not', async () => {
      handler = streamed(sse(chunk({ content: 'Hel' })));
      expect(await failure()).toMatchObject({ kind: 'cut' });
      handler = (response) => {
        openStream(response).write(sse(chunk({ content: 'Hel' })), () => response.destroy());
      };
      expect(await failure()).toMatchObject({ kind: 'cut' });
    });

    it.each([
      ['a web page', 200, 'text/html', '<html>login</html>'],
      ['JSON that is no completion', 200, 'application/json', '{"ok":true}'],
      ['broken JSON', 200, 'application/json', '{"choices":['],
      ['a stream of garbage', 200, 'text/event-stream', 'data: {nonsense\n\n'],
      ['words without a single event', 200, 'text/plain', 'hello there'],
      ['a redirect', 302, 'text/plain', ''],
    ])('is malformed when it answers %s', async (_, status, type, body) => {
      handler = (response) => void response.writeHead(status, { 'content-type': type }).end(body);
      expect(await failure()).toMatchObject({ kind: 'malformed', status: 502 });
    });

    it('is malformed when one event never ends', async () => {
      handler = (response) => {
        openStream(response);
        const more = () => {
          while (!response.destroyed && response.write('data: '.padEnd(65_536, 'x')));
          response.once('drain', more);
        };
        more();
      };
      expect(await failure()).toMatchObject({ kind: 'malformed' });
    });

    it.each([
      [{ error: { message: 'm', type: 'server_error' } }, 'server'],
      [{ error: { message: 'm', code: 429 } }, 'rate_limit'],
      [{ choices: [{ error: { message: 'm', code: 502 } }] }, 'server'],
      [{ error: 'boom' }, 'server'],
    ])('maps the error %j inside a stream to %s', async (error, kind) => {
      handler = streamed(sse(chunk({ content: 'x' }), error));
      expect(await failure()).toMatchObject({ kind });
    });

    it('times out when nothing comes, and when it falls silent', async () => {
      handler = () => {};
      expect(await failure()).toMatchObject({ kind: 'timeout', status: 504 });
      handler = (response) => void openStream(response).write(sse(chunk({ content: 'Hel' })));
      expect(await failure()).toMatchObject({ kind: 'timeout', message: expect.stringContaining('fell silent') });
    });

    it('is a failed connection when it hangs up without a word', async () => {
      handler = (_response, request) => void request.socket.destroy();
      expect(await failure()).toMatchObject({ kind: 'connection', status: 502 });
    });

    it('keeps the status when the words behind it break off', async () => {
      handler = (response) => {
        response.writeHead(503, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"error"', () => response.destroy());
      };
      expect(await failure()).toMatchObject({ kind: 'server', upstreamStatus: 503 });
    });
  });

  describe('what it is sent', () => {
    const fine = streamed(sse(chunk({ content: 'ok' }, 'stop'), '[DONE]'));

    it('is a streamed completion with its key and the wish for usage', async () => {
      handler = fine;
      await ask();
      expect(upstream.requests.at(-1)).toMatchObject({
        path: '/v1/chat/completions',
        headers: expect.objectContaining({ authorization: 'Bearer sk-secret-key', 'content-type': 'application/json' }),
      });
      expect(lastBody()).toEqual({
        model: 'm',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        stream_options: { include_usage: true },
      });
    });

    it('holds every wish of the caller', async () => {
      handler = fine;
      const schema = { type: 'object', properties: {} };
      await listen(
        under.models.chat(
          {
            messages: [
              { role: 'system', content: 'be brief' },
              {
                role: 'user',
                content: [
                  { type: 'text', text: 'what is it' },
                  { type: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
                ],
              },
              { role: 'assistant', content: null, toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }] },
              { role: 'tool', toolCallId: 'c', content: 'done' },
            ],
            tools: [{ name: 'f', description: 'd', parameters: schema, strict: true }],
            toolChoice: { name: 'f' },
            parallelToolCalls: false,
            temperature: 0.1,
            topP: 0.2,
            maxTokens: 3,
            stop: ['x'],
            seed: 4,
            presencePenalty: 0.5,
            frequencyPenalty: 0.6,
            responseFormat: { type: 'json_schema', name: 'n', schema, strict: true },
            reasoningEffort: 'low',
            user: 'u',
          },
          patient(),
        ),
      );
      expect(lastBody()).toEqual({
        model: 'm',
        messages: [
          { role: 'system', content: 'be brief' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'what is it' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
            ],
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'c', content: 'done' },
        ],
        stream: true,
        stream_options: { include_usage: true },
        tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: schema, strict: true } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
        max_tokens: 3,
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } },
        temperature: 0.1,
        top_p: 0.2,
        stop: ['x'],
        seed: 4,
        presence_penalty: 0.5,
        frequency_penalty: 0.6,
        reasoning_effort: 'low',
        user: 'u',
      });
    });

    it('writes tools in ASCII, and what is said as it is', async () => {
      handler = fine;
      const tool = { name: 'f', description: 'e.g. “1 … 2”, naïve, 😀', parameters: { type: 'object' } };
      await listen(under.models.chat({ ...saying('naïve …'), tools: [{ ...tool }] }, patient()));
      expect(lastBody()['tools']).toEqual([{ type: 'function', function: tool }]);
      const [said = '', offered = ''] = upstream.requests.at(-1)?.body.split('"tools":') ?? [];
      expect(said).toContain('naïve …');
      expect(offered).toMatch(/^[\x20-\x7e]+$/);
    });

    it.each([
      ['stream_options', { message: 'Unknown field: stream_options' }, 'stream_options'],
      ['temperature', { message: 'm', param: 'temperature', code: 'unsupported_value' }, 'temperature'],
      ['max_tokens', { message: 'm', param: 'max_tokens', code: 'unsupported_parameter' }, 'max_tokens'],
    ])('lacks %s once the host refused it by name', async (_, error, field) => {
      const model = `picky-${field}`;
      const target = under.models.resolve(`custom:${upstream.url}/v1/${model}`);
      handler = (response, request, body) =>
        field in (JSON.parse(body) as object)
          ? void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
          : fine(response, request, body);
      const wish = { ...saying('hi'), temperature: 0.5, maxTokens: 9 };
      const before = upstream.requests.length;
      expect((await listen(under.models.chat(wish, patient(), target))).text).toBe('ok');
      expect(upstream.requests.length - before).toBe(2);
      expect((await listen(under.models.chat(wish, patient(), target))).text).toBe('ok');
      expect(upstream.requests.length - before).toBe(3);
      expect(lastBody()).toMatchObject(field === 'max_tokens' ? { max_completion_tokens: 9 } : { max_tokens: 9 });
    });

    it('is not repeated when the refusal names nothing that can go', async () => {
      handler = (response) =>
        void response.writeHead(400).end(JSON.stringify({ error: { message: 'no', param: 'temperature' } }));
      const before = upstream.requests.length;
      await expect(listen(under.models.chat({ ...saying('hi'), temperature: 2 }, patient()))).rejects.toMatchObject({
        kind: 'invalid_request',
      });
      expect(upstream.requests.length - before).toBe(1);
    });
  });

  describe('its connections', () => {
    it('are used again after a stream, a plain answer and an error', async () => {
      const good = sse(chunk({ content: 'ok' }, 'stop'), '[DONE]');
      const refusing: RawHandler = (response) => void response.writeHead(400).end('{"error":{"message":"no"}}');
      handler = streamed(good);
      await ask();
      const before = upstream.sockets;
      for (let round = 0; round < 5; round++) {
        handler = streamed(good);
        await ask();
        handler = refusing;
        await ask().catch(() => undefined);
      }
      // A stream's last bytes may still be under way when the next question leaves.
      expect(upstream.sockets - before).toBeLessThanOrEqual(1);
    });

    it.each<[string, RawHandler]>([
      ['before the answer', () => {}],
      ['after its head', (response) => void openStream(response)],
      ['within it', (response) => void openStream(response).write(sse(chunk({ content: 'x' })))],
    ])('close at once when the caller leaves %s', async (when, begin) => {
      const controller = new AbortController();
      const reason = new Error('gone');
      const gone = new Promise<void>((closed) => {
        handler = (response, request, body) => {
          response.socket?.on('close', () => closed());
          void begin(response, request, body);
          if (when !== 'within it') controller.abort(reason);
        };
      });
      const leave = async () => {
        for await (const event of under.models.chat(saying('hi'), controller.signal)) {
          if (event.type === 'text') controller.abort(reason);
        }
      };
      await expect(leave()).rejects.toBe(reason);
      await gone;
    });

    it('close when the caller stops listening', async () => {
      const gone = new Promise<void>((closed) => {
        handler = (response) => {
          response.socket?.on('close', () => closed());
          openStream(response).write(sse(chunk({ content: 'x' })));
        };
      });
      for await (const event of under.models.chat(saying('hi'), patient())) if (event.type === 'text') break;
      await gone;
    });
  });
});
