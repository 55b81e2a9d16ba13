import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const SHA256_HEX = /^[0-9a-f]{64}$/i;

/** Whether `given` is the HMAC-SHA256 of the pieces in hex of any case. In constant time; what is no such hex is refused. */
export function isHmacSha256(given: string, secret: string, ...pieces: readonly (string | Buffer)[]): boolean {
  if (!SHA256_HEX.test(given)) return false;
  return timingSafeEqual(Buffer.from(given, 'hex'), hmac(secret, pieces).digest());
}

/** The HMAC-SHA256 of the pieces, in lower-case hex. */
export function hmacSha256(secret: string, ...pieces: readonly (string | Buffer)[]): string {
  return hmac(secret, pieces).digest('hex');
}

/** Whether two secrets are the same, in constant time whatever their lengths. */
export function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

/** A header's value without the space around it; empty when it is absent or came twice. */
export function headerText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function hmac(secret: string, pieces: readonly (string | Buffer)[]) {
  const mac = createHmac('sha256', secret);
  for (const piece of pieces) mac.update(piece);
  return mac;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
