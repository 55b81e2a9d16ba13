import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RequestTracker } from '../http/request-tracker';

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Long enough for a start to have settled. */
const SETTLED_MS = 1_000;
/** It holds everything up for a tenth of a second, so nobody may have come for this long. */
const QUIET_MS = 200;
/** A gateway that was busy for so long needs the space anyway. */
const GIVEN_UP_MS = 60_000;

/**
 * Loading modules grows V8's young generation to its limit, and an idle process never gives it back: about 40 MB of the resident set.
 * So it is collected once, in the first quiet moment. Resolves with whether there was one.
 */
export async function releaseBootGarbage(requests: RequestTracker, collect = collectAll): Promise<boolean> {
  const started = performance.now();
  let lastSeen = started;
  requests.observe(() => (lastSeen = performance.now()));
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = () => {
    const now = performance.now();
    if (now - started > GIVEN_UP_MS) return resolve(false);
    const isQuiet = requests.inFlight === 0 && now - lastSeen >= QUIET_MS;
    if (!isQuiet) return void setTimeout(look, QUIET_MS).unref();
    collect();
    resolve(true);
  };
  setTimeout(look, SETTLED_MS).unref();
  return promise;
}

function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
