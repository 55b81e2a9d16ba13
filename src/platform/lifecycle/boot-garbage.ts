import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RequestTracker } from '../http/request-tracker';

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Long enough for a start to have settled. */
const SETTLED_MS = 1_000;

/**
 * Loading modules grows V8's young generation to its limit, and an idle process never gives it back: about 40 MB of the resident set.
 * So it is collected once, when nothing is being served; a gateway that is busy from its first second needs the space anyway.
 */
export function releaseBootGarbage(requests: RequestTracker): void {
  setTimeout(() => {
    if (requests.inFlight > 0) return;
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, SETTLED_MS).unref();
}
