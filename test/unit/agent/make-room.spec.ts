import * as fc from 'fast-check';
import { makeRoom } from '../../../src/agent/make-room';
import { estimateTokens, messageTokens } from '../../../src/agent/token-estimate';
import type { ChatMessage } from '../../../src/providers/provider';

const tokens = (messages: readonly ChatMessage[]) => messages.reduce((sum, message) => sum + messageTokens(message), 0);

/** One turn: a question, some rounds of calls with their results, an answer. */
const turnOf = (index: number, sizes: readonly number[], answered: boolean): ChatMessage[] => [
  { role: 'user', content: `question ${index}` },
  ...sizes.flatMap((size, round): ChatMessage[] => [
    { role: 'assistant', content: null, toolCalls: [{ id: `${index}-${round}`, name: 'look', arguments: '{}' }] },
    { role: 'tool', toolCallId: `${index}-${round}`, content: 'r'.repeat(size) },
  ]),
  ...(answered ? [{ role: 'assistant' as const, content: 'answer' }] : []),
];

describe('a conversation that is longer than the window', () => {
  it('never loses a call without its result, a question, or anything of the newest round', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(sizes, { maxLength: 5 }),
        sizes,
        fc.integer({ min: 2_000, max: 8_000 }),
        fc.integer({ min: 0, max: 500 }),
        (earlier, current, window, taken) => {
          const history = earlier.flatMap((turn, index) => turnOf(index, turn, true));
          const said = turnOf(99, current, false);
          const fitting = makeRoom({ history, said }, window, () => taken);
          const calls = fitting.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
          const results = fitting.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
          expect(calls.map(({ id }) => id)).toEqual(results);
          expect(fitting.slice(-said.length).map(({ role }) => role)).toEqual(said.map(({ role }) => role));
          expect(fitting.at(-1)).toEqual(said.at(-1));
          expect(fitting[0]?.role).toBe('user');
          const kept = fitting.slice(0, -said.length);
          expect(kept).toEqual(history.slice(history.length - kept.length));
          expect(kept.length === 0 || tokens(fitting) + taken <= window).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('makes room with the oldest results of the turn when nothing else is left', () => {
    const fitting = makeRoom(
      { history: turnOf(1, [], true), said: turnOf(2, [3_000, 3_000, 3_000], false) },
      1_500,
      () => 0,
    );
    const results = fitting.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
    expect(results.map((text) => /left out/.test(text))).toEqual([true, true, false]);
    expect(fitting[0]).toEqual({ role: 'user', content: 'question 2' });
  });

  it('is not even counted when it is short', () => {
    const history = turnOf(1, [10], true);
    const counted = jest.fn(() => 0);
    expect(makeRoom({ history, said: turnOf(2, [], false) }, 128_000, counted)).toHaveLength(history.length + 1);
    expect(counted).not.toHaveBeenCalled();
  });
});

describe('the estimate of tokens', () => {
  // Counted with the tokenizer of current OpenAI models.
  it.each([
    ['English', 'The quick brown fox jumps over the lazy dog, and then some more words follow.', 17],
    ['German', 'Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung.', 21],
    ['Japanese', '数学は楽しいですし、日本語のテキストも空白なしで続きます。', 21],
    ['JSON', '{"name":"look","arguments":{"at":[1,2,3],"deep":true}}', 18],
  ])('errs on the side that fits: %s', (_, text, real) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(real);
    expect(estimateTokens(text)).toBeLessThan(real * 2);
  });
});
