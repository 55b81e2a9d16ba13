import * as fc from 'fast-check';
import { splitText } from '../../../src/channels/outbox/split-text';

const words = (count: number, word = 'word') => Array.from({ length: count }, (_, i) => `${word}${i}`).join(' ');

describe('cutting an answer into parts', () => {
  it('leaves short texts alone, and has nothing to say about empty ones', () => {
    expect(splitText('  hello  ', { maxLength: 10 })).toEqual(['hello']);
    expect(splitText(' \n ', { maxLength: 10 })).toEqual([]);
  });

  it('cuts between paragraphs, then lines, then sentences, then words', () => {
    expect(splitText('one two.\nthree\n\nfour five', { maxLength: 20 })).toEqual(['one two.\nthree', 'four five']);
    expect(splitText('one two\nthree four', { maxLength: 12 })).toEqual(['one two', 'three four']);
    expect(splitText('One two. Three four.', { maxLength: 14 })).toEqual(['One two.', 'Three four.']);
    expect(splitText('one two three', { maxLength: 9 })).toEqual(['one two', 'three']);
  });

  it('does not make a tiny part for the sake of a paragraph', () => {
    const [first = ''] = splitText(`Hi.\n\n${words(30)}`, { maxLength: 100 });
    expect(first.length).toBeGreaterThan(80);
  });

  it('cuts a word only when it is longer than a part, and never a character', () => {
    expect(splitText('abcdefghij', { maxLength: 4 })).toEqual(['abcd', 'efgh', 'ij']);
    const family = '👩‍👩‍👧‍👦';
    expect(splitText(family.repeat(3), { maxLength: family.length + 2 })).toEqual([family, family, family]);
    expect(splitText('👍👍👍', { maxLength: 5 })).toEqual(['👍👍', '👍']);
  });

  it('counts bytes where the platform does', () => {
    expect(splitText('ää ää', { maxLength: 5, unit: 'bytes' })).toEqual(['ää', 'ää']);
  });

  it('closes a code block that it cuts, and opens it again', () => {
    const lines = Array.from({ length: 6 }, (_, i) => `  line ${i}`).join('\n');
    const parts = splitText(`See:\n\n\`\`\`ts\n${lines}\n\`\`\`\nDone.`, { maxLength: 50 });
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(50);
      expect((part.match(/^```/gm) ?? []).length % 2).toBe(0);
    }
    expect(parts[1]).toMatch(/^```ts\n {2}line/);
    expect(parts.at(-1)).toMatch(/Done\.$/);
  });

  it('prefers to cut before a code block', () => {
    const parts = splitText(`${words(8)}\n\`\`\`\na\nb\nc\n\`\`\``, { maxLength: 60 });
    expect(parts).toEqual([words(8), '```\na\nb\nc\n```']);
  });

  it('keeps all that can be read, and every limit, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\n', '\n\n', ' ', '. ', '👩‍👩‍👧‍👦', 'ä', 'e\u0301'),
      fc.lorem(),
    );
    const unit = fc.constantFrom<'bytes' | undefined>('bytes', undefined);
    const plain = (text: string) => text.replaceAll(/\s/gu, '');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.integer({ min: 40, max: 300 }),
        unit,
        (pieces, maxLength, of) => {
          const text = pieces.join('').replaceAll('`', '').replaceAll('~', '').toWellFormed();
          const parts = splitText(text, of ? { maxLength, unit: of } : { maxLength });
          expect(plain(parts.join(''))).toBe(plain(text));
          for (const part of parts) {
            expect(of ? Buffer.byteLength(part) : part.length).toBeLessThanOrEqual(maxLength);
            expect(part.isWellFormed()).toBe(true);
            expect(part).not.toBe('');
          }
        },
      ),
    );
  });

  it('comes to an end and keeps the limits with any heap of fences', () => {
    const piece = fc.constantFrom('```', '~~~', '````', '```ts\n', '\n', ' ', 'x', words(5), '```'.repeat(9));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), fc.integer({ min: 80, max: 200 }), (pieces, maxLength) => {
        for (const part of splitText(pieces.join(''), { maxLength }))
          expect(part.length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });
});
