import { faultKind, parseFault } from '../../../src/providers/upstream-fault';

const kind = (status: number | undefined, body: unknown) =>
  faultKind(parseFault(typeof body === 'string' ? body : JSON.stringify(body), status));

describe('the kind of an upstream fault', () => {
  it.each([
    [401, '', 'auth'],
    [403, '<html>', 'auth'],
    [402, '', 'quota'],
    [404, '', 'not_found'],
    [405, '', 'not_found'],
    [408, '', 'timeout'],
    [413, '', 'invalid_request'],
    [429, '', 'rate_limit'],
    [500, '', 'server'],
    [502, '<html>443 bad gateway</html>', 'server'],
    [504, '', 'timeout'],
    [529, '', 'server'],
    [301, '', 'malformed'],
  ] as const)('is read from status %i with body %j: %s', (status, body, expected) => {
    expect(kind(status, body)).toBe(expected);
  });

  it.each([
    [
      'OpenAI, no credit',
      429,
      { error: { message: 'm', type: 'insufficient_quota', code: 'insufficient_quota' } },
      'quota',
    ],
    ['Zhipu, arrears', 429, { error: { code: '1113', message: 'm' } }, 'quota'],
    [
      'OpenAI, too long',
      400,
      { error: { message: 'm', type: 'invalid_request_error', code: 'context_length_exceeded' } },
      'context_length',
    ],
    [
      'Anthropic, too long',
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' } },
      'context_length',
    ],
    [
      'vLLM, too long',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 8 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
      'context_length',
    ],
    ['words about length elsewhere', 400, { error: { message: 'the file prompt is too long' } }, 'invalid_request'],
    ['OpenAI, no such model', 400, { error: { message: 'm', code: 'model_not_found' } }, 'not_found'],
    ['Groq, tokens per minute', 413, { error: { message: 'm', code: 'rate_limit_exceeded' } }, 'rate_limit'],
    [
      'Google, a bad key',
      400,
      [{ error: { code: 400, message: 'm', status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } }],
      'auth',
    ],
    ['Anthropic, overloaded', 529, { type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'server'],
    ['within a stream, by type', undefined, { error: { type: 'overloaded_error', message: 'm' } }, 'server'],
    ['within a stream, by number', undefined, { error: { code: 429, message: 'm' } }, 'rate_limit'],
    ['within a stream, no clue', undefined, { error: { message: 'm' } }, 'server'],
    ['a number in the words says nothing', 503, { error: 'cannot connect to port 443' }, 'server'],
    [
      'a server error that calls itself invalid',
      500,
      { error: { type: 'invalid_request_error', message: 'm' } },
      'server',
    ],
  ] as const)('knows %s', (_, status, body, expected) => {
    expect(kind(status, body)).toBe(expected);
  });

  it.each([
    [
      { error: { message: 'one', param: 'temperature', code: 'unsupported_value' } },
      { message: 'one', param: 'temperature', code: 'unsupported_value' },
    ],
    [{ error: 'two' }, { message: 'two' }],
    [{ message: 'three' }, { message: 'three' }],
    [{ detail: 'four' }, { message: 'four' }],
    ['five', { message: 'five' }],
    [null, { message: '' }],
    [[], { message: '' }],
    [{ error: null }, { message: '' }],
  ])('finds the words in %j', (body, expected) => {
    expect(parseFault(typeof body === 'string' ? body : JSON.stringify(body), 400)).toMatchObject(expected);
  });
});
