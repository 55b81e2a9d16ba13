import type { GatewayRequest } from '../platform/http/principal';
import { readBody as readAny } from '../platform/http/read-body';

/** Bytes of a request body on `/v1`. */
export const CHAT_BODY_LIMIT = 524_288;

/** The body of a request to `/v1`; see the ground's `readBody` for what it promises. */
export function readBody(request: GatewayRequest, limit = CHAT_BODY_LIMIT): Promise<Buffer> {
  return readAny(request, limit, 'Shorten the conversation.');
}
