import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { egressFailure } from '../platform/egress/egress-error';
import { brokenOff } from '../providers/failure';

/** An upstream's answer whose body is still to be read. */
export interface UpstreamAnswer extends Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'> {
  provider: string;
  /** Aborted when the client has left. */
  signal: AbortSignal;
  /** Bytes of the body so far. */
  received: number;
}

/**
 * Feeds the body to `onData` until its end. Rejects with the signal's reason when the client has left,
 * and with a ProviderError when the upstream stalls or breaks off.
 */
export function readUpstream(upstream: UpstreamAnswer, onData: (chunk: Buffer) => void): Promise<void> {
  const { body, provider, signal } = upstream;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(signal.aborted ? signal.reason : brokenOff(provider, egressFailure(error), error));
    body.on('data', (chunk: Buffer) => {
      upstream.received += chunk.length;
      onData(chunk);
    });
    body.once('end', resolve);
    body.on('error', fail);
    body.once('close', () => {
      if (!body.readableEnded) fail(undefined);
    });
  });
}

/** Holds the upstream back while the client reads slower than the upstream writes. */
export function holdBack(body: UpstreamAnswer['body'], response: ServerResponse): void {
  body.pause();
  response.once('drain', () => body.resume());
}
