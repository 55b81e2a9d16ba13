import { AppError } from '../platform/errors/app-error';
import type { GatewayRequest } from '../platform/http/principal';

/** Bytes of a request body on `/v1`. */
export const CHAT_BODY_LIMIT = 524_288;

/** Time within which the whole body must have come. */
const READ_TIMEOUT_MS = 30_000;

/**
 * Reads a request body into memory, never more than `limit` bytes. A body that announces more is refused before it is read.
 * Rejects with 413, 415 (compressed), 408 (stalled) or 400 (the client hung up).
 */
export function readBody(
  request: GatewayRequest,
  limit = CHAT_BODY_LIMIT,
  timeoutMs = READ_TIMEOUT_MS,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refused = refusal(request, limit);
    if (refused !== undefined) {
      reject(refused);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(() => reject(stalled())), timeoutMs);

    function onData(chunk: Buffer): void {
      size += chunk.length;
      if (size > limit) finish(() => reject(tooLarge(`at least ${size}`, limit)));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      const [first] = chunks;
      finish(() => resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size)));
    }
    function onCut(): void {
      finish(() =>
        reject(new AppError(400, 'request.incomplete', 'The request body ended before its announced length.')),
      );
    }
    function finish(settle: () => void): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      request.pause();
      settle();
    }
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function refusal(request: GatewayRequest, limit: number): AppError | undefined {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return tooLarge(String(announced), limit);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new AppError(415, 'request.unsupported_media_type', 'Send the body uncompressed, without Content-Encoding.');
  }
  return undefined;
}

function tooLarge(found: string, limit: number): AppError {
  return new AppError(
    413,
    'request.too_large',
    `The request body has ${found} bytes; at most ${limit} are accepted. Shorten the conversation.`,
  );
}

function stalled(): AppError {
  return new AppError(408, 'request.timeout', 'The request body did not arrive in time. Send it again.');
}
