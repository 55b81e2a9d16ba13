import type { ServerResponse } from 'node:http';
import type { Question } from '../../../src/providers/models.service';
import { listen, patient, saying, startModels, type ModelsUnderTest } from '../../support/models';
import { openStream, startRawUpstream, type RawHandler, type RawUpstream } from '../../support/upstream';

type Json = Record<string, unknown>;

const events = (...list: Json[]) =>
  list.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const begin: Json = {
  type: 'message_start',
  message: { usage: { input_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 1, output_tokens: 1 } },
};
const text = (words: string, index = 0): Json[] => [
  { type: 'content_block_start', index, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index, delta: { type: 'text_delta', text: words } },
  { type: 'content_block_stop', index },
];
const end = (reason = 'end_turn'): Json[] => [
  { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];
const stream = (response: ServerResponse, ...list: Json[]) => void openStream(response).end(events(...list));

describe('a host that speaks the Messages protocol', () => {
  let handler: RawHandler;
  let upstream: RawUpstream;
  let under: ModelsUnderTest;

  beforeAll(async () => {
    upstream = await startRawUpstream((...call) => handler(...call));
    under = await startModels(`
      default_provider = "anthropic"
      api_url = "${upstream.url}"
      api_key = "sk-ant-api03-key"
      [reliability]
      provider_retries = 0
      circuit_failure_threshold = 0
    `);
  });
  afterAll(async () => {
    await under.stop();
    await upstream.stop();
  });

  const ask = (question: Question = saying('hi')) => listen(under.models.chat(question, patient()));
  const sent = () => JSON.parse(upstream.requests.at(-1)?.body ?? '') as Json;

  describe('what it answers', () => {
    it('is text, thoughts and tokens, cached ones counted in', async () => {
      handler = (response) =>
        stream(
          response,
          begin,
          { type: 'ping' },
          { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'x' } },
          { type: 'content_block_stop', index: 0 },
          { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'x' } },
          { type: 'something_new' },
          ...text('hello', 2),
          ...end(),
        );
      const { reasoning, text: said, usage, finish } = await ask();
      expect({ reasoning, said, usage, finish }).toEqual({
        reasoning: 'hm',
        said: 'hello',
        usage: { inputTokens: 13, outputTokens: 9, cachedInputTokens: 7 },
        finish: 'stop',
      });
    });

    it('is tool calls, with arguments in pieces, at once and none at all', async () => {
      handler = (response) =>
        stream(
          response,
          begin,
          ...text('let me see'),
          { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} } },
          { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '' } },
          { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"x"' } },
          { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: ':1}' } },
          { type: 'content_block_stop', index: 1 },
          {
            type: 'content_block_start',
            index: 2,
            content_block: { type: 'tool_use', id: 'b', name: 'g', input: { y: 2 } },
          },
          { type: 'content_block_stop', index: 2 },
          { type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 'c', name: 'h', input: {} } },
          { type: 'content_block_stop', index: 3 },
          ...end('tool_use'),
        );
      const { toolCalls, finish } = await ask();
      expect(finish).toBe('tool_calls');
      expect(toolCalls).toEqual([
        { id: 'a', name: 'f', arguments: '{"x":1}' },
        { id: 'b', name: 'g', arguments: '{"y":2}' },
        { id: 'c', name: 'h', arguments: '{}' },
      ]);
    });

    it.each([
      ['end_turn', 'stop'],
      ['stop_sequence', 'stop'],
      ['pause_turn', 'stop'],
      ['max_tokens', 'length'],
      ['model_context_window_exceeded', 'length'],
      ['refusal', 'content_filter'],
    ])('ends by %s with %s', async (theirs, ours) => {
      handler = (response) => stream(response, begin, ...text('x'), ...end(theirs));
      expect((await ask()).finish).toBe(ours);
    });

    it('may be a whole message', async () => {
      handler = (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({
            type: 'message',
            content: [
              { type: 'text', text: 'whole' },
              { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
            ],
            stop_reason: 'tool_use',
            usage: { input_tokens: 1, output_tokens: 2 },
          }),
        );
      };
      expect(await ask()).toMatchObject({
        text: 'whole',
        toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }],
        finish: 'tool_calls',
        usage: { inputTokens: 1, outputTokens: 2 },
      });
    });
  });

  describe('how it fails', () => {
    const error = (type: string) => ({ type: 'error', error: { type, message: 'their words' } });

    it.each([
      ['overloaded within the stream', (response) => stream(response, begin, error('overloaded_error')), 'server'],
      ['limited within the stream', (response) => stream(response, begin, error('rate_limit_error')), 'rate_limit'],
      ['a stream without its end', (response) => stream(response, begin, ...text('hel')), 'cut'],
      ['garbage', (response) => void openStream(response).end('data: nonsense\n\n'), 'malformed'],
      [
        'JSON that is no message',
        (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
        'malformed',
      ],
      [
        'a bad key',
        (response) => void response.writeHead(401).end(JSON.stringify(error('authentication_error'))),
        'auth',
      ],
      ['overload', (response) => void response.writeHead(529).end(JSON.stringify(error('overloaded_error'))), 'server'],
      [
        'an empty account',
        (response) => void response.writeHead(400).end(JSON.stringify(error('billing_error'))),
        'quota',
      ],
    ] as [string, RawHandler, string][])('by %s', async (_, failing, kind) => {
      handler = failing;
      await expect(ask()).rejects.toMatchObject({ kind, provider: 'anthropic' });
    });
  });

  describe('what it is sent', () => {
    beforeAll(() => {
      handler = (response) => stream(response, begin, ...text('ok'), ...end());
    });

    it('is a streamed message with the protocol version, its own key header and a limit', async () => {
      await ask();
      const { path, headers } = upstream.requests.at(-1) ?? { path: '', headers: {} };
      expect(path).toBe('/v1/messages');
      expect(headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-api-key': 'sk-ant-api03-key' });
      expect(headers).not.toHaveProperty('authorization');
      expect(sent()).toEqual({
        model: 'claude-sonnet-4-5-20250929',
        max_tokens: 8192,
        stream: true,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
      });
    });

    it('holds the conversation in alternating turns, the system on top, results said by the user', async () => {
      await ask({
        messages: [
          { role: 'system', content: 'be brief' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'what is it' },
              { type: 'image', url: 'data:image/png;base64,AA==' },
              { type: 'image', url: 'https://example.com/a.png' },
            ],
          },
          {
            role: 'assistant',
            content: '',
            toolCalls: [
              { id: 'a', name: 'f', arguments: '{"x":1}' },
              { id: 'b', name: 'f', arguments: 'broken' },
            ],
          },
          { role: 'tool', toolCallId: 'a', content: 'one' },
          { role: 'tool', toolCallId: 'b', content: 'two' },
          { role: 'user', content: 'and now?' },
        ],
      });
      expect(sent()['system']).toEqual([{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }]);
      expect(sent()['messages']).toEqual([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is it' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
            { type: 'tool_use', id: 'b', name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'one' },
            { type: 'tool_result', tool_use_id: 'b', content: 'two' },
            { type: 'text', text: 'and now?', cache_control: { type: 'ephemeral' } },
          ],
        },
      ]);
    });

    it('holds every wish that the protocol knows', async () => {
      const schema = { type: 'object', properties: {} };
      await ask({
        ...saying('hi'),
        tools: [{ name: 'f', description: 'd', parameters: schema }, { name: 'g' }],
        toolChoice: 'required',
        parallelToolCalls: false,
        temperature: 1.7,
        topP: 0.2,
        maxTokens: 3,
        stop: ['x'],
        responseFormat: { type: 'json_schema', name: 'n', schema },
        reasoningEffort: 'low',
        user: 'u',
      });
      expect(sent()).toMatchObject({
        max_tokens: 3,
        tools: [
          { name: 'f', description: 'd', input_schema: schema },
          { name: 'g', input_schema: { type: 'object', properties: {} }, cache_control: { type: 'ephemeral' } },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
        temperature: 1,
        top_p: 0.2,
        stop_sequences: ['x'],
        output_config: { effort: 'low', format: { type: 'json_schema', schema } },
        metadata: { user_id: 'u' },
      });
    });

    it.each([
      ['auto', { type: 'auto' }],
      ['none', { type: 'none' }],
      [{ name: 'f' }, { type: 'tool', name: 'f' }],
    ] as const)('says the tool choice %j its own way', async (toolChoice, expected) => {
      await ask({ ...saying('hi'), tools: [{ name: 'f' }], toolChoice });
      expect(sent()['tool_choice']).toEqual(expected);
    });

    it.each(['seed', 'presencePenalty', 'frequencyPenalty'])(
      'is not sent at all with a %s, which the protocol lacks',
      async (wish) => {
        const before = upstream.requests.length;
        await expect(ask({ ...saying('hi'), [wish]: 1 })).rejects.toMatchObject({
          kind: 'invalid_request',
          status: 400,
        });
        expect(upstream.requests).toHaveLength(before);
      },
    );
  });

  it('takes subscription tokens as bearer tokens, and any base URL', async () => {
    handler = (response) => stream(response, begin, ...text('ok'), ...end());
    const other = await startModels('', { env: { ANTHROPIC_OAUTH_TOKEN: 'sk-ant-oat01-token' } });
    expect(other.models.default).toMatchObject({ provider: { id: 'anthropic' } });
    await other.reconfigure(
      `default_provider = "anthropic-custom:${upstream.url}/v1"\napi_key = "sk-ant-oat01-token"\ndefault_model = "m"`,
    );
    await listen(other.models.chat(saying('hi'), patient()));
    const { path, headers } = upstream.requests.at(-1) ?? { path: '', headers: {} };
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-ant-oat01-token',
      'anthropic-beta': expect.stringContaining('oauth'),
    });
    expect(headers).not.toHaveProperty('x-api-key');
    await other.stop();
  });
});
