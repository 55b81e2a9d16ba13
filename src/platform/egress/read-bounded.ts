import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { EgressFailure } from './egress-error';
import { EgressError, egressFailure } from './egress-error';

const DECODERS: Record<string, () => Readable & NodeJS.WritableStream> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The encodings that `readBounded` can undo, for `Accept-Encoding`. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** What compression may add to a body that does not compress. */
const OVERHEAD_BYTES = 64 * 1024;

export interface BoundedBody {
  bytes: Buffer;
  /** There was more than was asked for. */
  cut: boolean;
}

/**
 * Reads a body until `maxBytes`, counted after decompression, and lets go of the rest: neither a body without end nor one that unpacks
 * into gigabytes costs more. Rejects with EgressError when it breaks off or is packed in a way that nobody asked for.
 */
export async function readBounded(
  body: AsyncIterable<Buffer>,
  encoding: string,
  maxBytes: number,
): Promise<BoundedBody> {
  const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
  // A destroyed body announces that it was not read; that is what destroying it is for.
  source.on('error', () => undefined);
  const stream = decoded(source, encoding.trim().toLowerCase(), maxBytes);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size > maxBytes) break;
    }
  } catch (error) {
    throw error instanceof EgressError ? error : new EgressError(bodyFailure(error), error);
  } finally {
    source.destroy();
  }
  return { bytes: Buffer.concat(pieces, Math.min(size, maxBytes)), cut: size > maxBytes };
}

function decoded(source: Readable, encoding: string, maxBytes: number): Readable {
  if (encoding === '' || encoding === 'identity') return source;
  const decoder = DECODERS[encoding]?.();
  if (!decoder) {
    source.destroy();
    throw new EgressError('protocol', new Error(`content-encoding ${encoding} was not asked for`));
  }
  let packed = 0;
  source.on('data', (piece: Buffer) => {
    packed += piece.length;
    // Packed bytes that unpack into nothing could go on for ever.
    if (packed > maxBytes + OVERHEAD_BYTES) decoder.destroy(new EgressError('protocol', new Error('an empty stream')));
  });
  source.on('error', (error) => decoder.destroy(error));
  return source.pipe(decoder);
}

function bodyFailure(error: unknown): EgressFailure {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  // What zlib's decoders say of bytes that are not what was announced.
  return /^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code) ? 'protocol' : egressFailure(error);
}
