import type { RecordedRun } from './recorded-run';
import type { RunFrame } from './run';
import { framesGone } from './run-errors';

/** The frames of a run after `afterSeq`, kept ones and then those to come. Throws 410 `run.frames_gone` at once. */
export function followRun(
  run: RecordedRun,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<RunFrame, void, undefined> {
  if (run.hasForgotten(afterSeq)) throw framesGone();
  return follow(run, afterSeq, signal);
}

/** Nothing is stored per reader: one that is slow finds what is kept, or learns that it is gone. */
async function* follow(
  run: RecordedRun,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<RunFrame, void, undefined> {
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  const followers = (run.followers ??= new Set());
  followers.add(ring);
  signal.addEventListener('abort', ring, { once: true });
  try {
    for (let seen = afterSeq; !signal.aborted;) {
      if (run.hasForgotten(seen)) throw framesGone();
      const frame = run.frameAfter(seen);
      if (frame) {
        seen = frame.seq;
        yield frame;
      } else if (run.running) {
        await bell.promise;
        bell = Promise.withResolvers();
      } else {
        return;
      }
    }
  } finally {
    followers.delete(ring);
    if (followers.size === 0) run.followers = undefined;
    signal.removeEventListener('abort', ring);
  }
}
