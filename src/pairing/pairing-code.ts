import { hash, randomInt } from 'node:crypto';

/** 31 symbols that nobody confuses when reading aloud or off a screen: no 0 O 1 I L. Eight of them carry 39.6 bits. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/** A fresh code as people see it, `ABCD-1234`. `randomInt` draws from the system's generator without modulo bias. */
export function newPairingCode(): string {
  const symbols = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${symbols.slice(0, 4)}-${symbols.slice(4)}`;
}

/** The eight symbols of what a person typed: any case, with or without dashes and blanks. Undefined when it cannot be a code. */
export function parsePairingCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const symbols = typed.replace(/[\s\p{Pd}]/gu, '').toUpperCase();
  if (symbols.length !== LENGTH) return undefined;
  for (const symbol of symbols) if (!ALPHABET.includes(symbol)) return undefined;
  return symbols;
}

/**
 * What is stored instead of the code. Codes are found by this hash, so the comparison tells a guesser nothing:
 * how far two hashes agree says nothing about how far the codes do.
 */
export function hashPairingCode(symbols: string): string {
  return hash('sha256', `pairing-code:${symbols}`, 'hex');
}
