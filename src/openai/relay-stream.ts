import type { ServerResponse } from 'node:http';
import type { GatewayRequest } from '../platform/http/principal';
import { cut, malformed } from '../providers/failure';
import type { Usage } from '../providers/provider';
import { CoalescedWriter } from './coalesced-writer';
import { StreamFrames } from './stream-frames';
import { streamFailure } from './stream-failure';
import { holdBack, readUpstream } from './upstream-body';
import type { UpstreamAnswer } from './upstream-body';
import { copyHeaders } from './upstream-headers';
import { readUsage } from './upstream-usage';

/**
 * Hands a stream to the client frame by frame as it comes, byte for byte, and returns the usage it states.
 * Rejects when the upstream breaks off; the client has got an error frame by then.
 */
export async function relayStream(
  upstream: UpstreamAnswer,
  request: GatewayRequest,
  response: ServerResponse,
  dropUsage: boolean,
): Promise<Usage | undefined> {
  const { body, headers, statusCode, provider } = upstream;
  if (!String(headers['content-type'] ?? '').includes('text/event-stream')) {
    body.discard();
    throw malformed(provider);
  }
  copyHeaders(headers, response);
  // Keeps proxies on the way from storing or buffering what follows.
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('X-Accel-Buffering', 'no');
  response.writeHead(statusCode);

  const frames = new StreamFrames(dropUsage);
  const writer = new CoalescedWriter(
    response,
    () => holdBack(body, response),
    (bytes) => frames.push(bytes),
  );
  let begun = false;
  // The head goes out with the first frames, unless the upstream thinks for longer.
  setImmediate(() => begun || response.writableEnded || response.flushHeaders());
  try {
    await readUpstream(upstream, (chunk) => {
      begun = true;
      writer.write(chunk);
    });
    writer.flush();
    const tail = frames.tail();
    if (!isFinished(tail)) throw cut(provider);
    writer.end(frames.rest());
    return readUsage(tail);
  } catch (error) {
    writer.end(Buffer.from(`data: ${streamFailure(error, request, response)}\n\n`));
    throw error;
  }
}

const DONE = Buffer.from('[DONE]');

/** Some hosts leave `[DONE]` out, and some end with an error frame of their own; silence after half a sentence is a cut. */
function isFinished(tail: Buffer): boolean {
  return tail.includes(DONE) || /"finish_reason":\s*"|^data:\s*\{\s*"error"/m.test(tail.toString('latin1'));
}
