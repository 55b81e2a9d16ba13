import { CORE, PERMANENT } from './memory';

const DAY_MS = 86_400_000;
/** Days after which an entry that is not permanent counts half. */
const HALF_LIFE_DAYS = 7;
const CORE_BONUS = 0.3;
/** Summed weight of the words found at which an entry is half relevant: less than one rare word, more than several common ones. */
const HALF_RELEVANT = 3;
/** A word of the only entry there is would otherwise count as common. */
const FEWEST_ENTRIES = 100;
/** Characters of a usual entry; BM25's k1 and b beside it. */
const USUAL_LENGTH = 300;
const K1 = 1.2;
const B = 0.3;

/** BM25's weight of a word that `having` of `entries` have: near 0 for one that all have. */
export function wordWeight(having: number, entries: number): number {
  const total = Math.max(entries, having, FEWEST_ENTRIES);
  return Math.log(1 + (total - having + 0.5) / (having + 0.5));
}

/**
 * The weight of the words that an entry shares with the question, as 0 to 1. Like BM25 a long entry counts less; unlike it the result means
 * the same for every question and every size of the memory, so that it can be held against a threshold.
 */
export function keywordRelevance(weight: number, length: number): number {
  const bm25 = (weight * (K1 + 1)) / (1 + K1 * (1 - B + (B * length) / USUAL_LENGTH));
  return bm25 / (bm25 + HALF_RELEVANT);
}

/** Words and meaning together; an entry without a vector is judged by its words alone. */
export function blend(
  keyword: number,
  cosine: number | undefined,
  weights: { keyword_weight: number; vector_weight: number },
): number {
  const sum = weights.keyword_weight + weights.vector_weight;
  if (cosine === undefined || sum === 0) return keyword;
  return (weights.keyword_weight * keyword + weights.vector_weight * Math.min(1, Math.max(0, cosine))) / sum;
}

/** Relevance with time decay for what is not permanent and the bonus for `core`, 0 to 1. */
export function score(
  relevance: number,
  { category, updatedAt }: { category: string; updatedAt: number },
  now: number,
): number {
  const ageDays = Math.max(0, now - updatedAt) / DAY_MS;
  const decayed = PERMANENT.has(category) ? relevance : relevance * 2 ** (-ageDays / HALF_LIFE_DAYS);
  return Math.min(1, decayed + (category === CORE ? CORE_BONUS : 0));
}
