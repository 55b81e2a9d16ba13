import { createHash } from 'node:crypto';
import { hashAccessToken, newAccessToken, tokenHashOf } from '../../../src/pairing/access-token';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('access token', () => {
  it('is zcl_live_ and 256 random bits', () => {
    const tokens = Array.from({ length: 100 }, () => newAccessToken());
    for (const token of tokens) expect(token).toMatch(/^zcl_live_[0-9a-f]{64}$/);
    expect(new Set(tokens).size).toBe(100);
  });

  it('is kept as its SHA-256', () => {
    expect(hashAccessToken('zc_abc')).toBe(sha256('zc_abc'));
  });

  it('takes entries of paired_tokens as they are when they are hashes, also in capitals, and hashes everything else', () => {
    const hash = sha256('x');
    expect(tokenHashOf(hash)).toBe(hash);
    expect(tokenHashOf(hash.toUpperCase())).toBe(hash);
    expect(tokenHashOf('zc_0123456789')).toBe(sha256('zc_0123456789'));
  });
});
