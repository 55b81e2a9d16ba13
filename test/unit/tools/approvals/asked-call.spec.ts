import { redactLeaks } from '../../../../src/platform/leak-guard/leak-patterns';
import { hashCall, shownArguments } from '../../../../src/tools/approvals/asked-call';
import type { AskedCall } from '../../../../src/tools/approvals/asked-call';

const call = (parts: Partial<AskedCall> = {}): AskedCall => ({
  owner: 'anna',
  sessionId: 's',
  door: 'api_chat',
  tool: 'shell',
  args: { a: 1, b: { c: [1, { d: 2, e: 3 }] } },
  risk: 'medium',
  reason: '',
  ...parts,
});

describe('the mark of a call', () => {
  it('is the same whatever the order of its arguments and the door', () => {
    const turned = { b: { c: [1, { e: 3, d: 2 }] }, a: 1 };
    expect(hashCall(call({ args: turned, door: 'openai', risk: 'high' }))).toBe(hashCall(call()));
  });

  it.each<Partial<AskedCall>>([
    { owner: 'bob' },
    { sessionId: undefined },
    { sessionId: 't' },
    { tool: 'file_write' },
    { args: { a: 1 } },
    { args: { a: 1, b: { c: [{ d: 2, e: 3 }, 1] } } },
    { args: { a: '1', b: { c: [1, { d: 2, e: 3 }] } } },
  ])('is another one with %j', (parts) => {
    expect(hashCall(call(parts))).not.toBe(hashCall(call()));
  });
});

describe('what a person is shown of the arguments', () => {
  const shown = (args: Record<string, unknown>) =>
    JSON.parse(shownArguments(args, (text) => redactLeaks(text, 0.7))) as Record<string, unknown>;

  it('is everything that matters, with secrets taken out by form and by name', () => {
    expect(
      shown({
        command: 'git push',
        n: 3,
        on: true,
        password: 'correct-horse',
        deep: [{ text: `key ghp_${'a1B2'.repeat(10)}` }],
      }),
    ).toEqual({
      command: 'git push',
      n: 3,
      on: true,
      password: '[REDACTED_SECRET]',
      deep: [{ text: 'key [REDACTED_API_KEY]' }],
    });
  });

  it('hides nothing in characters that are not seen', () => {
    expect(shown({ command: 'ls \u202e\u200b\u001b[2Jx\ny\u2028' })).toEqual({
      command: 'ls \\u{202e}\\u{200b}\\u{1b}[2Jx\ny\\u{2028}',
    });
  });

  it('says how much is missing', () => {
    expect(shown({ content: 'x y '.repeat(2000) })['content']).toMatch(/… \[4000 more characters\]$/);
    expect(shown({ list: Array.from({ length: 50_000 }, (_, n) => n) })).toEqual({
      too_long_to_show: '288900 characters',
    });
  });
});
