import * as fc from 'fast-check';
import { matchName, matchPath } from '../../../../src/tools/files/glob-pattern';

describe('a pattern of paths', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'src/deep/a.ts', true],
    ['src/**', 'src/a/b', true],
    ['src/**', 'lib/a', false],
    ['src/**/test/*.ts', 'src/test/a.ts', true],
    ['src/**/test/*.ts', 'src/a/b/test/c.ts', true],
    ['**/a/**/b', 'a/b', true],
    ['**/a/**/b', 'x/a/y/z/b', true],
    ['**/a/**/b', 'x/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a?c', 'a☀c', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[]]x', ']x', true],
    ['[x', '[x', true],
    ['\\*x', '*x', true],
    ['\\*x', 'ax', false],
    ['{a,b}.{c,d}', 'b.c', true],
    ['{a,b}.{c,d}', 'b.e', false],
    ['{a,{b,c}}', 'c', true],
    ['./a//b/', 'a/b', true],
    ['*', '.hidden', true],
    ['', 'a', false],
  ])('%j and %j: %s', (pattern, path, matches) => {
    expect(matchPath(pattern)(path)).toBe(matches);
  });

  it('refuses braces that stand for very much', () => {
    expect(() => matchPath('{a,b}'.repeat(20))).toThrow(RangeError);
  });

  it('is done quickly, whatever the pattern', () => {
    const started = performance.now();
    expect(matchName('*a'.repeat(200))('a'.repeat(255) + 'b')).toBe(false);
    expect(matchPath('**/*/'.repeat(80) + 'x')('a/'.repeat(300) + 'y')).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('matches every name that is written out, with its special characters taken away', () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(name, (text) => {
        expect(matchName(text.replace(/[\\*?[]/g, '\\$&'))(text)).toBe(true);
        expect(matchName('*')(text)).toBe(true);
        expect(matchName('?'.repeat([...text].length))(text)).toBe(true);
      }),
    );
  });
});
