/** Milliseconds to wait after the `attempt`th failure (1, 2, 3 …): doubled each time up to `most`, within a fifth of that at random. */
export function backoffMs(attempt: number, first: number, most: number, random = Math.random): number {
  const wait = Math.min(first * 2 ** Math.min(attempt - 1, 30), most);
  return Math.round(wait * (0.8 + 0.4 * random()));
}
