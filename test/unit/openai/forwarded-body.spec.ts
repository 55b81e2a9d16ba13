import { parseChatCompletion } from '../../../src/openai/chat-completion.payload';
import { forwardedBody } from '../../../src/openai/forwarded-body';

const forward = (text: string, model = 'gpt-x') =>
  forwardedBody(parseChatCompletion(Buffer.from(text)), model).toString();

const messages = '"messages":[{"role":"user","content":"hi"}]';

describe('the body on its way to the upstream', () => {
  it.each([
    ['the model first', `{"model":"openai/gpt-x",${messages}}`, `{"model":"gpt-x",${messages}}`],
    ['the model last', `{${messages},"model":"openai/gpt-x"}`, `{${messages},"model":"gpt-x"}`],
    [
      'white space and number spellings kept',
      `{\n  "model" :\t"openai/gpt-x" ,\r\n ${messages}, "seed": 12345678901234567890, "temperature": 1.0 }\n`,
      `{\n  "model" :\t"gpt-x" ,\r\n ${messages}, "seed": 12345678901234567890, "temperature": 1.0 }\n`,
    ],
    [
      'the same words inside a text',
      `{"messages":[{"role":"user","content":"say {\\"model\\":\\"openai/gpt-x\\"}"}],"model":"openai/gpt-x"}`,
      `{"messages":[{"role":"user","content":"say {\\"model\\":\\"openai/gpt-x\\"}"}],"model":"gpt-x"}`,
    ],
    [
      'a text that ends in an escaped quote and the word',
      `{"messages":[{"role":"user","content":"\\"model"}],"model":"openai/gpt-x"}`,
      `{"messages":[{"role":"user","content":"\\"model"}],"model":"gpt-x"}`,
    ],
    [
      'the word as a value',
      `{"messages":[{"role":"user","content":"model"}],"model":"openai/gpt-x","user":"model"}`,
      `{"messages":[{"role":"user","content":"model"}],"model":"gpt-x","user":"model"}`,
    ],
    [
      'a tool with a parameter of that name',
      `{"model":"openai/gpt-x",${messages},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"model":{"type":"string"}}}}}]}`,
      `{"model":"gpt-x",${messages},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"model":{"type":"string"}}}}}]}`,
    ],
    [
      'text beyond ASCII before it',
      `{"messages":[{"role":"user","content":"Grüße 🦀"}],"model":"openai/gpt-x"}`,
      `{"messages":[{"role":"user","content":"Grüße 🦀"}],"model":"gpt-x"}`,
    ],
  ])('changes nothing but the model: %s', (_, body, expected) => {
    expect(forward(body)).toBe(expected);
  });

  it.each([
    ['two of the key', `{"model":"a/b","model":"openai/gpt-x",${messages}}`],
    ['twice the same', `{"model":"openai/gpt-x","model":"openai/gpt-x",${messages}}`],
    ['the key spelled with an escape', `{"mod\\u0065l":"openai/gpt-x",${messages}}`],
    ['the value spelled with an escape', `{"model":"openai/gpt\\u002dx",${messages}}`],
    [
      'an escaped key beside a nested one',
      `{"mod\\u0065l":"openai/gpt-x",${messages},"metadata":{"model":"openai/gpt-x"}}`,
    ],
    ['a nested one of the same value', `{"metadata":{"model":"openai/gpt-x"},"model":"openai/gpt-x",${messages}}`],
    ['a nested one of another value', `{"model":"openai/gpt-x","metadata":{"model":"old"},${messages}}`],
    ['a key that only ends like it', `{"x\\"model":"openai/gpt-x","mod\\u0065l":"openai/gpt-x",${messages}}`],
  ])('is written anew where the place is in doubt: %s', (_, body) => {
    const forwarded = JSON.parse(forward(body)) as Record<string, unknown>;

    expect(forwarded).toEqual({ ...(JSON.parse(body) as object), model: 'gpt-x' });
    expect(forward(body).match(/[^\\]"model":"gpt-x"/g)).toHaveLength(1);
  });

  it('names the model that the client left out', () => {
    expect(JSON.parse(forward(`{${messages}}`))).toMatchObject({ model: 'gpt-x' });
  });

  it('asks for the usage of a stream, with everything else as it came', () => {
    expect(forward(`{"model":"openai/gpt-x",${messages},"stream":true }\n`)).toBe(
      `{"model":"gpt-x",${messages},"stream":true ,"stream_options":{"include_usage":true}}`,
    );
  });

  it('leaves a body alone that asks for it itself', () => {
    const body = `{"model":"openai/gpt-x",${messages},"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}`;

    expect(forward(body)).toBe(body.replace('openai/gpt-x', 'gpt-x'));
  });

  it.each(['null', '{}', '{"include_usage":false,"include_obfuscation":false}'])(
    'overrules stream_options %s',
    (options) => {
      const forwarded = JSON.parse(
        forward(`{"model":"openai/gpt-x",${messages},"stream":true,"stream_options":${options}}`),
      ) as {
        stream_options: object;
      };

      expect(forwarded.stream_options).toEqual({ ...(JSON.parse(options) as object | null), include_usage: true });
    },
  );

  it('escapes whatever the upstream calls its model', () => {
    expect(JSON.parse(forward(`{"model":"openai/gpt-x",${messages}}`, 'a"b\\c'))).toMatchObject({ model: 'a"b\\c' });
  });
});
