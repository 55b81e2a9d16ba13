import type { ServerResponse } from 'node:http';
import type { Usage } from '../providers/provider';
import { malformed } from '../providers/failure';
import { CoalescedWriter } from './coalesced-writer';
import { holdBack, readUpstream } from './upstream-body';
import type { UpstreamAnswer } from './upstream-body';
import { copyHeaders } from './upstream-headers';
import { readUsage } from './upstream-usage';

/** An answer up to this many bytes is held until it is whole, so that a cut one still becomes a proper error. */
const HELD_BYTES = 1_048_576;

/** Hands a non-stream answer to the client byte for byte and returns the usage it states. */
export async function relayCompletion(upstream: UpstreamAnswer, response: ServerResponse): Promise<Usage | undefined> {
  const { body, headers, provider } = upstream;
  if (!String(headers['content-type'] ?? '').includes('json')) {
    body.discard();
    throw malformed(provider);
  }
  const held: Buffer[] = [];
  let size = 0;
  let passing: CoalescedWriter | undefined;
  const pass = () => {
    copyHeaders(headers, response);
    response.writeHead(upstream.statusCode);
    return new CoalescedWriter(response, () => holdBack(body, response));
  };
  try {
    const rest = readUpstream(upstream, (chunk) => {
      size += chunk.length;
      held.push(chunk);
      if (size <= HELD_BYTES) return;
      passing ??= pass();
      for (const piece of held.splice(0)) passing.write(piece);
    });
    if (rest !== undefined) await rest;
  } catch (error) {
    // With half of a large answer out, cutting the connection is the only honest end.
    if (passing !== undefined) response.destroy();
    throw error;
  }
  if (response.headersSent) {
    (passing as CoalescedWriter | undefined)?.end();
    return undefined;
  }
  return sendWhole(upstream, held, size, response);
}

function sendWhole(
  upstream: UpstreamAnswer,
  pieces: Buffer[],
  size: number,
  response: ServerResponse,
): Usage | undefined {
  const [first] = pieces;
  const answer = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces, size);
  if (answer.length === 0) throw malformed(upstream.provider);
  copyHeaders(upstream.headers, response);
  response.setHeader('Content-Length', answer.length);
  response.writeHead(upstream.statusCode);
  response.end(answer);
  return readUsage(answer);
}
