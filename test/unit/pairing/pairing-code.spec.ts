import { hashPairingCode, newPairingCode, parsePairingCode } from '../../../src/pairing/pairing-code';

describe('pairing code', () => {
  const samples = Array.from({ length: 6_000 }, () => newPairingCode());

  it('reads ABCD-1234 and has no symbol that is mistaken for another', () => {
    for (const code of samples) expect(code).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
  });

  it('uses all 31 symbols equally often', () => {
    const counts = new Map<string, number>();
    for (const symbol of samples.join('').replaceAll('-', '')) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    const expected = (samples.length * 8) / 31;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

    expect(counts.size).toBe(31);
    // 30 degrees of freedom: a fair source exceeds 80 less than once in a hundred thousand runs; `byte % 31` gives hundreds.
    expect(chiSquare).toBeLessThan(80);
  });

  it('does not repeat itself', () => {
    expect(new Set(samples).size).toBe(samples.length);
  });

  it.each(['ABCD-2345', 'abcd-2345', 'abcd2345', ' ABCD 2345 ', 'a b c d - 2 3 4 5', 'ABCD–2345', '\tabcd-2345\n'])(
    'understands %j',
    (typed) => {
      expect(parsePairingCode(typed)).toBe('ABCD2345');
    },
  );

  it.each(['', '-', 'ABCD-234', 'ABCD-23456', 'ABCD-1234', 'OBCD-2345', 'ABCD_2345', 'ÄBCD-2345', '-'.repeat(10_000)])(
    'takes %j for no code',
    (typed) => {
      expect(parsePairingCode(typed)).toBeUndefined();
    },
  );

  it('is kept as a hash that differs for every code', () => {
    expect(hashPairingCode('ABCD2345')).toMatch(/^[0-9a-f]{64}$/);
    expect(hashPairingCode('ABCD2345')).not.toBe(hashPairingCode('ABCD2346'));
  });
});
