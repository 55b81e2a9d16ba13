import { scrub } from '../../../src/providers/scrub';

describe('scrub', () => {
  it.each([
    ['Incorrect API key provided: sk-proj-abc123def456.', 'sk-proj-abc123def456'],
    ['x-api-key sk-ant-api03-AAAA-bbbb is invalid', 'sk-ant-api03-AAAA-bbbb'],
    ['sent Authorization: Bearer abcdef.ghijkl', 'abcdef.ghijkl'],
    ['key gsk_1234567890abcdef was refused', 'gsk_1234567890abcdef'],
    ['token zcl_live_0123456789abcdef', 'zcl_live_0123456789abcdef'],
    ['{"api_key": "hunter2222"}', 'hunter2222'],
    ['could not reach https://user:pass@host/v1', 'user:pass'],
  ])('takes the credential out of %j', (text, secret) => {
    expect(scrub(text)).not.toContain(secret);
    expect(scrub(text)).toContain('[redacted]');
  });

  it('takes out what the configuration knows as secret, whatever it looks like', () => {
    expect(scrub('the key plain-word is wrong', ['plain-word'])).toBe('the key [redacted] is wrong');
  });

  it('keeps ordinary words', () => {
    expect(scrub("The model 'gpt-9' does not exist")).toBe("The model 'gpt-9' does not exist");
  });

  it('makes one line of at most 200 characters', () => {
    const clean = scrub(`one\ntwo\u0000\t${'word '.repeat(100)}`);
    expect(clean).toMatch(/^one two word/);
    expect(clean.length).toBeLessThanOrEqual(200);
  });

  it('takes its time with nothing', () => {
    const start = performance.now();
    scrub('api key '.repeat(100_000));
    scrub('a@'.repeat(500_000));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
