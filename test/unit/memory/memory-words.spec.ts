import { queryWords, wordsOf } from '../../../src/memory/memory-words';

describe('the words of a text', () => {
  it.each([
    ['Anna’s bike, ANNA’S car', ['anna', 's', 'bike', 'car']],
    ['favourite_colour-of/me', ['favourite', 'colour', 'of', 'me']],
    ['naïve Ångström', ['naive', 'angstrom']],
    ['api_chat_msg_123e4567-e89b-42d3-a456-426614174000', ['api', 'chat', 'msg']],
    ['猫', ['猫']],
    ['白猫', ['白', '猫', '白猫']],
    ['iPhone手机', ['iphone', '手', '机', '手机']],
    ['한국어', ['한', '국', '어', '한국', '국어']],
    ['', []],
    [' \n\0 … ☀ \u{1f600} §§ " * ( ', []],
    ['\ud800 broken \udc00', ['broken']],
  ])('of %p', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('of a question are pairs where a single character would find too much', () => {
    expect(queryWords('白猫')).toEqual(['白猫']);
    expect(queryWords('猫')).toEqual(['猫']);
  });

  it('end at 64 characters', () => expect(wordsOf('x'.repeat(5000))).toEqual(['x'.repeat(64)]));

  it('take no time out of proportion', () => {
    const started = performance.now();
    wordsOf('a\u0301'.repeat(16_000) + '猫'.repeat(16_000) + '- '.repeat(16_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
