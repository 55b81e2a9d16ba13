import type { ServerResponse } from 'node:http';
import type { Usage } from '../providers/provider';
import { malformed } from '../providers/failure';
import { discard } from '../providers/model-host';
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
    discard(body);
    throw malformed(provider);
  }
  const held: Buffer[] = [];
  let size = 0;
  let passing: CoalescedWriter | undefined;

  await readUpstream(upstream, (chunk) => {
    size += chunk.length;
    if (passing !== undefined) {
      passing.write(chunk);
      return;
    }
    held.push(chunk);
    if (size <= HELD_BYTES) return;
    passing = new CoalescedWriter(response, () => holdBack(body, response));
    copyHeaders(headers, response);
    response.writeHead(upstream.statusCode);
    for (const piece of held.splice(0)) passing.write(piece);
  });
  if (passing !== undefined) {
    (passing as CoalescedWriter).end();
    return undefined;
  }

  const [first] = held;
  const answer = held.length === 1 && first !== undefined ? first : Buffer.concat(held, size);
  if (answer.length === 0) throw malformed(provider);
  copyHeaders(headers, response);
  response.setHeader('Content-Length', answer.length);
  response.writeHead(upstream.statusCode);
  response.end(answer);
  return readUsage(answer);
}
