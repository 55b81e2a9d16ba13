import type { AppError } from '../../../src/platform/errors/app-error';
import { parseChatCompletion } from '../../../src/openai/chat-completion.payload';
import { toModelQuestion } from '../../../src/openai/model-question';

const EVERYTHING = { tools: true, vision: true, json: true };
const ask = (fields: object, capabilities = EVERYTHING) =>
  toModelQuestion(
    parseChatCompletion(Buffer.from(JSON.stringify({ messages: [user('hi')], ...fields }))),
    capabilities,
  );

const user = (content: unknown) => ({ role: 'user', content });
const tool = { type: 'function', function: { name: 'f' } };

function refusal(fields: object, capabilities = EVERYTHING): { code: string; param: string | undefined } {
  try {
    ask(fields, capabilities);
  } catch (error) {
    const { code, options } = error as AppError;
    return { code: code.replace('openai.', ''), param: options.param };
  }
  throw new Error('the body was accepted');
}

describe('a question to the agent or to a model of another protocol', () => {
  it('carries every field that it can honour', () => {
    const schema = { type: 'object', properties: {} };

    expect(
      ask({
        model: 'zeroclaw',
        temperature: 0.5,
        top_p: 0.9,
        max_completion_tokens: 10,
        stop: ['a', 'b'],
        seed: -3,
        presence_penalty: 1,
        frequency_penalty: -1,
        reasoning_effort: 'low',
        user: 'u1',
        parallel_tool_calls: false,
        tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: schema, strict: true } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } },
      }),
    ).toEqual({
      messages: [user('hi')],
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 10,
      stop: ['a', 'b'],
      seed: -3,
      presencePenalty: 1,
      frequencyPenalty: -1,
      reasoningEffort: 'low',
      user: 'u1',
      parallelToolCalls: false,
      tools: [{ name: 'f', description: 'd', parameters: schema, strict: true }],
      toolChoice: { name: 'f' },
      responseFormat: { type: 'json_schema', name: 'n', schema, strict: true },
    });
  });

  it.each([
    [{ max_tokens: 7 }, { maxTokens: 7 }],
    [{ stop: 'END' }, { stop: ['END'] }],
    [{ safety_identifier: 's', user: 'u' }, { user: 's' }],
    [{ response_format: { type: 'json_object' } }, { responseFormat: { type: 'json_object' } }],
    [{ tools: [tool], tool_choice: 'required' }, { toolChoice: 'required' }],
  ])('understands %j', (fields, expected) => {
    expect(ask(fields)).toMatchObject(expected);
  });

  it('takes null for "not given" and fields that ask for nothing special', () => {
    const nulls = Object.fromEntries(
      ['temperature', 'stop', 'seed', 'tools', 'tool_choice', 'response_format', 'logprobs', 'metadata', 'audio'].map(
        (name) => [name, null],
      ),
    );
    const harmless = {
      n: 1,
      logprobs: false,
      logit_bias: {},
      store: false,
      service_tier: 'auto',
      verbosity: 'medium',
      modalities: ['text'],
    };

    expect(ask({ ...nulls, ...harmless })).toEqual({ messages: [user('hi')] });
  });

  it('understands every kind of message', () => {
    const messages = [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'be ' },
          { type: 'text', text: 'brief' },
        ],
      },
      { role: 'developer', content: 'and kind' },
      user([
        { type: 'text', text: 'what is this?' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ]),
      {
        role: 'assistant',
        content: null,
        refusal: null,
        annotations: [],
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'done' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'well' }] },
      { role: 'assistant', content: null, refusal: 'no' },
    ];

    expect(ask({ messages }).messages).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'system', content: 'and kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is this?' },
          { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
          { type: 'image', url: 'data:image/png;base64,AA==' },
        ],
      },
      { role: 'assistant', content: null, toolCalls: [{ id: 'c1', name: 'f', arguments: '{"a":1' }] },
      { role: 'tool', toolCallId: 'c1', content: 'done' },
      { role: 'assistant', content: 'well' },
      { role: 'assistant', content: 'no' },
    ]);
  });

  it.each([
    ['n', 2],
    ['logprobs', true],
    ['top_logprobs', 3],
    ['logit_bias', { 50256: -100 }],
    ['modalities', ['text', 'audio']],
    ['audio', { voice: 'alloy', format: 'mp3' }],
    ['store', true],
    ['metadata', { a: 'b' }],
    ['service_tier', 'priority'],
    ['verbosity', 'high'],
    ['prediction', { type: 'content', content: 'x' }],
    ['prompt_cache_key', 'k'],
    ['prompt_cache_options', {}],
    ['prompt_cache_retention', '24h'],
    ['moderation', {}],
    ['web_search_options', {}],
    ['functions', []],
    ['function_call', 'auto'],
  ])('refuses %s by name', (name, value) => {
    expect(refusal({ [name]: value })).toEqual({ code: 'unsupported_parameter', param: name });
  });

  it('refuses a field that nobody documents', () => {
    expect(refusal({ top_k: 40 })).toEqual({ code: 'unknown_parameter', param: 'top_k' });
  });

  it.each([
    [{ temperature: 2.1 }, 'invalid_value', 'temperature'],
    [{ top_p: -0.1 }, 'invalid_value', 'top_p'],
    [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
    [{ max_completion_tokens: 1.5 }, 'invalid_type', 'max_completion_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'invalid_value', 'max_tokens'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'invalid_value', 'stop'],
    [{ stop: [''] }, 'invalid_value', 'stop'],
    [{ tools: [] }, 'invalid_value', 'tools'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'unsupported_value', 'tools[0].type'],
    [{ tools: [{ type: 'function' }] }, 'missing_required_parameter', 'tools[0].function'],
    [{ tools: [{ type: 'function', function: { name: 'not a name' } }] }, 'invalid_value', 'tools[0].function.name'],
    [{ tools: [{ type: 'function', function: { name: 'f', wat: 1 } }] }, 'unknown_parameter', 'tools[0].function.wat'],
    [
      { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
      'invalid_type',
      'tools[0].function.parameters',
    ],
    [{ tool_choice: 'auto' }, 'invalid_value', 'tool_choice'],
    [{ tools: [tool], tool_choice: 'maybe' }, 'invalid_value', 'tool_choice'],
    [
      { tools: [tool], tool_choice: { type: 'function', function: { name: 'g' } } },
      'invalid_value',
      'tool_choice.function.name',
    ],
    [{ tools: [tool], tool_choice: { type: 'allowed_tools' } }, 'unsupported_value', 'tool_choice.type'],
    [{ parallel_tool_calls: true }, 'invalid_value', 'parallel_tool_calls'],
    [{ response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'missing_required_parameter', 'response_format.json_schema.schema'],
    [
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'invalid_value',
      'response_format.json_schema.name',
    ],
    [
      { stream: true, stream_options: { include_obfuscation: true } },
      'unsupported_parameter',
      'stream_options.include_obfuscation',
    ],
  ])('refuses %j', (fields, code, param) => {
    expect(refusal(fields)).toEqual({ code, param });
  });

  it.each([
    [[{ role: 'system', content: 'x' }], 'messages'],
    [[user('   ')], 'messages'],
    [[user('hi'), user('')], 'messages'],
    [[user(null)], 'messages[0].content'],
    [[user([])], 'messages[0].content'],
    [[user([{ type: 'input_audio', input_audio: {} }])], 'messages[0].content[0].type'],
    [[user([{ type: 'text' }])], 'messages[0].content[0]'],
    [[user([{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }])], 'messages[0].content[0].image_url.url'],
    [
      [user([{ type: 'image_url', image_url: { url: 'https://x/y', detail: 'max' } }])],
      'messages[0].content[0].image_url.detail',
    ],
    [[user('hi'), { role: 'robot', content: 'x' }], 'messages[1].role'],
    [[user('hi'), { role: 'function', name: 'f', content: 'x' }], 'messages[1].role'],
    [[user('hi'), { role: 'assistant' }], 'messages[1].content'],
    [[user('hi'), { role: 'assistant', tool_calls: [{ id: 'x' }] }], 'messages[1].tool_calls[0]'],
    [[user('hi'), { role: 'tool', content: 'x' }], 'messages[1].tool_call_id'],
    [[user('hi'), { role: 'tool', tool_call_id: 'c', content: null }], 'messages[1].content'],
  ])('refuses the messages %j', (messages, param) => {
    expect(refusal({ messages })).toEqual({ code: 'invalid_messages', param });
  });

  it('refuses what a message says beyond what reaches the model', () => {
    expect(refusal({ messages: [{ ...user('hi'), name: 'Ann' }] })).toEqual({
      code: 'unknown_parameter',
      param: 'messages[0].name',
    });
  });

  it.each([
    [{ ...EVERYTHING, tools: false }, { tools: [tool] }, 'tools'],
    [{ ...EVERYTHING, json: false }, { response_format: { type: 'json_object' } }, 'response_format'],
    [
      { ...EVERYTHING, vision: false },
      { messages: [user([{ type: 'image_url', image_url: { url: 'https://x/y' } }])] },
      'messages[0].content',
    ],
  ])('refuses what the model lacks: %j', (capabilities, fields, param) => {
    expect(refusal(fields, capabilities)).toEqual({ code: 'unsupported_parameter', param });
  });
});
