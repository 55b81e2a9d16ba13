import { readUsage } from '../../../src/openai/upstream-usage';

const read = (text: string) => readUsage(Buffer.from(text));

describe('the usage in the bytes of an answer', () => {
  it('is found with its details', () => {
    expect(
      read(
        '{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,"prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":6,"audio_tokens":0}},"service_tier":"default"}',
      ),
    ).toEqual({ inputTokens: 12, outputTokens: 34, cachedInputTokens: 5, reasoningTokens: 6 });
  });

  it('may stand before the answer and be spread over lines', () => {
    expect(read('{\n "usage" : {\n "completion_tokens": 3,\n "prompt_tokens": 4 },\n "choices": [] }')).toEqual({
      inputTokens: 4,
      outputTokens: 3,
    });
  });

  it('is the last one of a stream', () => {
    const frame = (usage: string) => `data: {"choices":[],"usage":${usage}}\n\n`;

    expect(
      read(`${frame('null')}${frame('{"prompt_tokens":7,"completion_tokens":8}')}${frame('null')}data: [DONE]\n\n`),
    ).toEqual({
      inputTokens: 7,
      outputTokens: 8,
    });
  });

  it.each([
    ['what a model says about it', '{"choices":[{"message":{"content":"\\"usage\\":{\\"prompt_tokens\\":9}"}}]}'],
    ['none', '{"choices":[]}'],
    ['null', '{"usage":null}'],
    ['one without counts', '{"usage":{}}'],
    ['one that breaks off', '{"usage":{"prompt_tokens":9'],
    ['nothing', ''],
  ])('is undefined for %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
