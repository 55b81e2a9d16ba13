import { hash, randomBytes } from 'node:crypto';

const MIN_LENGTH = 8;
const MAX_LENGTH = 512;
const HASH = /^[0-9a-f]{64}$/;

/** A fresh bearer token: `zcl_live_` and 256 random bits as hex. */
export function newAccessToken(): string {
  return `zcl_live_${randomBytes(32).toString('hex')}`;
}

/** The only form in which a token is kept: SHA-256 as lower-case hex. Unsalted, since 256 random bits need none. */
export function hashAccessToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** Spares hashing what cannot be a token. Says nothing about the prefix: tokens that ZeroClaw issued (`zc_…`) stay good. */
export function couldBeAccessToken(value: string): boolean {
  return value.length >= MIN_LENGTH && value.length <= MAX_LENGTH;
}

export function isTokenHash(value: string): boolean {
  return HASH.test(value);
}

/** An entry of `gateway.paired_tokens` as a hash; a token that somebody wrote there in the clear is hashed. */
export function tokenHashOf(entry: string): string {
  const lower = entry.toLowerCase();
  return isTokenHash(lower) ? lower : hashAccessToken(entry);
}
