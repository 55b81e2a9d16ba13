import type { ServerResponse } from 'node:http';
import type { GatewayRequest } from '../platform/http/principal';
import type { Usage } from '../providers/provider';
import { cut, malformed } from '../providers/failure';
import { discard } from '../providers/model-host';
import { EventStream } from './event-stream';
import { StreamFrames } from './stream-frames';
import { holdBack, readUpstream } from './upstream-body';
import type { UpstreamAnswer } from './upstream-body';
import { copyHeaders } from './upstream-headers';
import { readUsage } from './upstream-usage';

/**
 * Hands a stream to the client frame by frame as it comes, byte for byte, and returns the usage it states.
 * An upstream that breaks off ends it with an error frame.
 */
export async function relayStream(
  upstream: UpstreamAnswer,
  request: GatewayRequest,
  response: ServerResponse,
  dropUsage: boolean,
): Promise<Usage | undefined> {
  const { body, headers, statusCode, provider } = upstream;
  if (!String(headers['content-type'] ?? '').includes('text/event-stream')) {
    discard(body);
    throw malformed(provider);
  }
  const frames = new StreamFrames(dropUsage);
  const stream = new EventStream(response, () => holdBack(body, response));
  copyHeaders(headers, response);
  stream.open(statusCode);
  try {
    await readUpstream(upstream, (chunk) => {
      const complete = frames.push(chunk);
      if (complete.length > 0) stream.write(complete);
    });
    const tail = frames.tail();
    if (!isFinished(tail)) throw cut(provider);
    stream.write(frames.rest());
    stream.end();
    return readUsage(tail);
  } catch (error) {
    stream.fail(error, request);
    return undefined;
  }
}

const DONE = Buffer.from('[DONE]');

/** Some hosts leave `[DONE]` out, and some end with an error frame of their own; silence after half a sentence is a cut. */
function isFinished(tail: Buffer): boolean {
  return tail.includes(DONE) || /"finish_reason":\s*"|^data:\s*\{\s*"error"/m.test(tail.toString('latin1'));
}
