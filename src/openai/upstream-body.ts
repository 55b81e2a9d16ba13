import type { ServerResponse } from 'node:http';
import type { AnswerBody } from '../platform/egress/answer-body';
import { egressFailure } from '../platform/egress/egress-error';
import type { EgressAnswer } from '../platform/egress/exchange';
import { brokenOff } from '../providers/failure';

/** An upstream's answer whose body is still to be read. */
export interface UpstreamAnswer extends EgressAnswer {
  provider: string;
  /** Aborted when the client has left. */
  signal: AbortSignal;
}

/**
 * Feeds the body to `onData` until its end; undefined when it has got there already, as short answers do. Rejects with the signal's reason
 * when the client has left, and with a ProviderError when the upstream stalls or breaks off.
 */
export function readUpstream(upstream: UpstreamAnswer, onData: (chunk: Buffer) => void): Promise<void> | undefined {
  const { body, provider, signal } = upstream;
  return body.read(onData)?.catch((error: unknown) => {
    throw signal.aborted ? signal.reason : brokenOff(provider, egressFailure(error), error);
  });
}

/** Holds the upstream back while the client reads slower than the upstream writes. */
export function holdBack(body: AnswerBody, response: ServerResponse): void {
  body.pause();
  response.once('drain', () => body.resume());
}
