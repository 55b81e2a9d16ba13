import type { AppError } from '../../../src/platform/errors/app-error';
import { parseChatCompletion } from '../../../src/openai/chat-completion.payload';

const parse = (body: unknown) =>
  parseChatCompletion(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

function refusal(body: unknown): Pick<AppError, 'status' | 'code' | 'message'> & { param: string | undefined } {
  try {
    parse(body);
  } catch (error) {
    const { status, code, message, options } = error as AppError;
    return { status, code, message, param: options.param };
  }
  throw new Error('the body was accepted');
}

const messages = [{ role: 'user', content: 'hi' }];

describe('a chat-completions body', () => {
  it('is read once and keeps its bytes', () => {
    const bytes = Buffer.from('{ "model":"openai/x", "messages":[{"role":"user","content":"hi"}], "stream":true }');

    const payload = parseChatCompletion(bytes);

    expect(payload).toMatchObject({ model: 'openai/x', messages, stream: true, includeUsage: false });
    expect(payload.bytes).toBe(bytes);
  });

  it.each([{ messages }, { messages, model: null }])('without a model means the agent: %j', (body) => {
    expect(parse(body).model).toBe('zeroclaw');
  });

  it('tells whether the client wants the usage of a stream', () => {
    expect(parse({ messages, stream: true, stream_options: { include_usage: true } }).includeUsage).toBe(true);
    expect(parse({ messages, stream: true, stream_options: { include_usage: false } }).includeUsage).toBe(false);
    expect(parse({ messages, stream: true, stream_options: null }).includeUsage).toBe(false);
  });

  it('leaves fields that the API does not document to the upstream', () => {
    expect(parse({ messages, top_k: 40, chat_template_kwargs: {} }).fields).toHaveProperty('top_k', 40);
  });

  it.each([
    ['', /it is empty/],
    ['{', /.+/],
    ['{"messages":[{"role":"user","content":"my secret"}],}', /position \d+/],
    ['[]', /expected an object/],
    ['"text"', /expected an object/],
    ['null', /expected an object/],
  ])('that is not a JSON object is refused: %j', (body, reason) => {
    const { status, code, message } = refusal(body);

    expect({ status, code }).toEqual({ status: 400, code: 'openai.invalid_json' });
    expect(message).toMatch(/^Invalid JSON body: /);
    expect(message).toMatch(reason);
    expect(message).not.toContain('secret');
  });

  it('that is not UTF-8 is refused', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"messages":[{"role":"user","content":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}]}'),
    ]);

    expect(() => parseChatCompletion(bytes)).toThrow(/not valid UTF-8/);
  });

  it.each([
    [{}, 'messages'],
    [{ messages: null }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [messages[0], null] }, 'messages[1]'],
    [{ messages: ['hi'] }, 'messages[0]'],
    [{ messages: [{ content: 'hi' }] }, 'messages[0]'],
    [{ messages: [{ role: 7, content: 'hi' }] }, 'messages[0]'],
  ])('with bad messages is refused: %j', (body, param) => {
    expect(refusal(body)).toMatchObject({ status: 400, code: 'openai.invalid_messages', param });
  });

  it.each([
    ['messages', 'hi'],
    ['model', 7],
    ['stream', 'true'],
    ['stream_options', true],
    ['temperature', 'hot'],
    ['max_tokens', '10'],
    ['stop', 7],
    ['tools', {}],
    ['tool_choice', 7],
    ['response_format', 'json'],
    ['logit_bias', []],
    ['metadata', 'x'],
    ['user', {}],
  ])('with a documented field of the wrong type is refused: %s', (name, value) => {
    expect(refusal({ messages, [name]: value })).toMatchObject({
      status: 400,
      code: 'openai.invalid_type',
      param: name,
    });
  });

  it.each([
    [{ model: '' }, 'model', 'invalid_value'],
    [{ stream_options: { include_usage: true } }, 'stream_options', 'invalid_value'],
    [{ stream: true, stream_options: { include_usage: 'yes' } }, 'stream_options.include_usage', 'invalid_type'],
    [{ stream: true, stream_options: { wat: 1 } }, 'stream_options.wat', 'unknown_parameter'],
  ])('with a value that makes no sense is refused: %j', (fields, param, code) => {
    expect(refusal({ messages, ...fields })).toMatchObject({ status: 400, code: `openai.${code}`, param });
  });
});
