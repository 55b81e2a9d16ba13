import { AppError } from '../errors/app-error';
import type { GatewayRequest } from './principal';

/**
 * Reads a request body into memory, never more than `limit` bytes. A body that announces more is refused before it is read.
 * Rejects with 413, 415 (compressed) or 400 (the client hung up); one that stalls is cut by the server's limit for reading a request.
 * @param advice what to do about a body that is too large
 */
export function readBody(request: GatewayRequest, limit: number, advice = 'Send less.'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refused = refusal(request, limit, advice);
    if (refused !== undefined) {
      reject(refused);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    // The listeners stay: taking them off again costs more than they do.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      reject(tooLarge(`at least ${size}`, limit, advice));
    });
    request.on('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
    });
    request.on('close', () => {
      if (request.complete) return;
      reject(new AppError(400, 'request.incomplete', 'The request body ended before its announced length.'));
    });
  });
}

function refusal(request: GatewayRequest, limit: number, advice: string): AppError | undefined {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return tooLarge(String(announced), limit, advice);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new AppError(415, 'request.unsupported_media_type', 'Send the body uncompressed, without Content-Encoding.');
  }
  return undefined;
}

function tooLarge(found: string, limit: number, advice: string): AppError {
  return new AppError(
    413,
    'request.too_large',
    `The request body has ${found} bytes; at most ${limit} are accepted. ${advice}`,
  );
}
