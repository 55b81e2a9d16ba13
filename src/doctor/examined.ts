import type { Check } from './check';
import { fail } from './finding';
import type { Finding } from './finding';

/** What the check finds within the limit; that it fails or takes longer is a finding too. Never rejects. */
export async function examined(check: Check, limitMs: number): Promise<Finding[]> {
  const limit = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<Finding[]>();
  const timer = setTimeout(
    () => resolve([fail(`This could not be found out within ${limitMs / 1_000} seconds.`)]),
    limitMs,
  );
  try {
    // A check that throws at once counts as one that fails later.
    const found = Promise.resolve().then(() => check.run(limit.signal));
    return await Promise.race([found, late]);
  } catch (error) {
    return [fail(`This could not be found out: ${error instanceof Error ? error.message : String(error)}`)];
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}
