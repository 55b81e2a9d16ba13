import { blend, keywordRelevance, score, wordWeight } from '../../../src/memory/relevance';

const DAY = 86_400_000;
const now = 1_000 * DAY;
const aged = (relevance: number, category: string, days: number) =>
  score(relevance, { category, updatedAt: now - days * DAY }, now);

describe('the relevance of an entry', () => {
  it('passes the usual threshold with one rare word, in small and large memories alike', () => {
    for (const entries of [1, 10, 100, 1_000]) {
      expect(keywordRelevance(wordWeight(1, entries), 60)).toBeGreaterThan(0.4);
    }
  });

  it('does not pass it with a few words that most entries have', () => {
    for (const entries of [200, 1_000]) {
      expect(keywordRelevance(4 * wordWeight(entries * 0.9, entries), 60)).toBeLessThan(0.2);
    }
  });

  it('grows with rarer words, with more of them and in shorter entries, and stays from 0 to 1', () => {
    expect(wordWeight(2, 1_000)).toBeGreaterThan(wordWeight(20, 1_000));
    expect(wordWeight(1_000, 1_000)).toBeGreaterThanOrEqual(0);
    expect(keywordRelevance(8, 60)).toBeGreaterThan(keywordRelevance(4, 60));
    expect(keywordRelevance(4, 60)).toBeGreaterThan(keywordRelevance(4, 6_000));
    expect(keywordRelevance(0, 60)).toBe(0);
    expect(keywordRelevance(1e6, 1)).toBeLessThanOrEqual(1);
  });

  it('halves every seven days', () => {
    expect(aged(0.8, 'conversation', 0)).toBeCloseTo(0.8);
    expect(aged(0.8, 'notes', 7)).toBeCloseTo(0.4);
    expect(aged(0.8, 'daily', 14)).toBeCloseTo(0.2);
  });

  it('lasts when it is permanent, and core gains 0.3 up to 1', () => {
    expect(aged(0.5, 'personal', 700)).toBeCloseTo(0.5);
    expect(aged(0.5, 'core', 700)).toBeCloseTo(0.8);
    expect(aged(0.9, 'core', 0)).toBe(1);
  });

  it('does not grow with a time that lies ahead', () => expect(aged(0.5, 'notes', -7)).toBeCloseTo(0.5));

  it('weighs words and meaning as configured, and goes without meaning where there is none', () => {
    const weights = { keyword_weight: 0.3, vector_weight: 0.7 };
    expect(blend(0.5, 1, weights)).toBeCloseTo(0.85);
    expect(blend(0.5, -1, weights)).toBeCloseTo(0.15);
    expect(blend(0.5, undefined, weights)).toBe(0.5);
    expect(blend(0.5, 1, { keyword_weight: 3, vector_weight: 1 })).toBeCloseTo(0.625);
    expect(blend(0.5, 1, { keyword_weight: 0, vector_weight: 0 })).toBe(0.5);
  });
});
