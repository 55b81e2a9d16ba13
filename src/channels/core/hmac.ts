import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

type Bytes = string | Buffer;

const SHA256_HEX = /^[0-9a-f]{64}$/i;

/** HMAC-SHA256 over the pieces, one after the other. */
export function hmacSha256(key: Bytes, ...pieces: Bytes[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest();
}

/** Whether `hex` is that digest, in constant time. Anything but 64 hexadecimal digits is not. */
export function isHexDigest(hex: string, digest: Buffer): boolean {
  return SHA256_HEX.test(hex) && timingSafeEqual(Buffer.from(hex, 'hex'), digest);
}

/** In constant time, whatever the lengths. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
