import { ProgressWatch } from '../../../src/agent/progress-watch';
import type { ProgressLimits } from '../../../src/agent/progress-watch';

const USUAL: ProgressLimits = { sameResult: 3, pingPong: 2, failures: 3 };

/** Plays rounds of one call each, `name>result`, or `name!` for a failure; several calls of a round are joined by a blank. */
const findings = (rounds: string[], limits: Partial<ProgressLimits> = {}) => {
  const watch = new ProgressWatch({ ...USUAL, ...limits });
  return rounds.map((round) =>
    watch.observe(
      round.split(' ').map((step) => {
        const [, name = '', mark, output = ''] = /^(\w+)([>!])(.*)$/.exec(step) ?? [];
        const [tool = '', args = ''] = name.split('_');
        return { call: { id: '1', name: tool, arguments: args }, result: { success: mark === '>', output } };
      }),
    ),
  );
};

describe('a turn goes in circles', () => {
  it('when the same call brings the same result for the third time', () => {
    expect(findings(['a>x', 'b>y', 'a>x', 'c>z', 'a>x'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'the same call of a gave the same result 3 times',
    ]);
  });

  it('when two calls take turns and nothing changes', () => {
    expect(findings(['a>x', 'b>y', 'a>x', 'b>y']).at(-1)).toBe('two calls take turns without anything new');
    expect(findings(['a>x', 'b>y', 'a>x', 'b>y', 'a>x', 'b>y'], { pingPong: 3, sameResult: 9 }).slice(3)).toEqual([
      undefined,
      undefined,
      'two calls take turns without anything new',
    ]);
  });

  it('when a tool fails three times in a row, whatever it is asked', () => {
    expect(findings(['a_1!', 'b>ok', 'a_2!', 'a_3!']).at(-1)).toBe('a failed 3 times in a row');
  });

  it.each([
    ['other arguments', ['a_1>x', 'a_2>x', 'a_3>x', 'a_4>x']],
    ['other results', ['a>1', 'a>2', 'a>3', 'a>4']],
    ['turns that bring something new', ['a>1', 'b>1', 'a>2', 'b>2', 'a>3', 'b>3']],
    ['a success in between', ['a_1!', 'a_2!', 'a_3>ok', 'a_4!', 'a_5!']],
    ['the same call twice in one round', ['a>x a>x a>x', 'b>y']],
  ])('but not with %s', (_, rounds) => {
    expect(findings(rounds).filter(Boolean)).toEqual([]);
  });

  it('as often as it likes when it may', () => {
    const off = { sameResult: 0, pingPong: 0, failures: 0 };
    expect(
      findings([...Array<string>(9).fill('a>x'), 'b>y', 'a>x', 'b>y', 'c!', 'c!', 'c!', 'c!'], off).filter(Boolean),
    ).toEqual([]);
  });
});
