import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const PREFIX = 'enc2:';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Reads values that ZeroClaw encrypted: `enc2:` + hex(nonce ‖ ciphertext ‖ tag), ChaCha20-Poly1305, with the key in `.secret_key` beside
 * config.toml. Everything else passes through as it is. Throws an Error that says what to do when a value cannot be read.
 */
export class SecretBox {
  private key: Buffer | undefined;

  constructor(private readonly configDir: string) {}

  isSealed(value: unknown): value is string {
    return typeof value === 'string' && value.startsWith(PREFIX);
  }

  /** Decrypts a string, the entries of a list or the values of a table. */
  reveal(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.reveal(entry));
    if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.reveal(inner)]));
    }
    if (typeof value === 'string' && value.startsWith('enc:')) {
      throw new Error('the value is in the old "enc:" form: write it again in plain text');
    }
    return this.isSealed(value) ? this.open(value) : value;
  }

  /** `next` for the file, where what was not touched stays sealed. `current` is `stored` revealed. */
  keepSealed(stored: unknown, current: unknown, next: unknown): unknown {
    if (isDeepStrictEqual(current, next)) return stored;
    if (!Array.isArray(stored) || !Array.isArray(current) || !Array.isArray(next)) return next;
    return next.map((entry: unknown) => {
      const at = current.findIndex((other) => isDeepStrictEqual(other, entry));
      return at === -1 ? entry : (stored[at] as unknown);
    });
  }

  private open(sealed: string): string {
    const key = (this.key ??= this.readKey());
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'hex');
    const end = bytes.length - TAG_BYTES;
    try {
      const decipher = createDecipheriv('chacha20-poly1305', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(end));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
      return text.toString('utf8');
    } catch {
      throw new Error(
        `the encrypted value does not fit ${this.keyFile}: restore the key it was written with or write the value again in plain text`,
      );
    }
  }

  private readKey(): Buffer {
    let text: string;
    try {
      text = readFileSync(this.keyFile, 'utf8').trim();
    } catch {
      throw new Error(
        `the value is encrypted and its key ${this.keyFile} cannot be read: put it there or write the value again in plain text`,
      );
    }
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`${this.keyFile} does not hold a key of 64 hex digits`);
    return Buffer.from(text, 'hex');
  }

  private get keyFile(): string {
    return join(this.configDir, '.secret_key');
  }
}
