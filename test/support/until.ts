import { setTimeout as wait } from 'node:timers/promises';

/** Resolves once the condition holds; rejects when that takes longer than `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still not true after ${limitMs} ms: ${condition.toString()}`);
    await wait(10);
  }
}
