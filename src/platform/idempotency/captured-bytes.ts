/** Larger answers are not kept. */
const LIMIT = 1_048_576;

/** Copies of the chunks of an answer, up to 1 MiB of them. */
export class CapturedBytes {
  private chunks: Uint8Array[] = [];
  size = 0;

  get isTooLarge(): boolean {
    return this.size > LIMIT;
  }

  /** Takes what `response.write` takes. */
  add(chunk: unknown, encoding: unknown): void {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    // Bytes are copied, because their owner may use the memory again once they are sent.
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : Buffer.from(chunk);
    this.size += bytes.length;
    if (this.isTooLarge) this.chunks = [];
    else this.chunks.push(bytes);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
}
