/** Money is kept as whole nano-USD (1e-9 USD): a token at 3 USD per million costs 3000, and sums stay exact up to millions of USD. */
const NANO = 1_000_000_000;

export function toUsd(nano: number): number {
  return nano / NANO;
}

export function fromUsd(usd: number): number {
  return Math.round(usd * NANO);
}

/** `$12.50`; amounts below one USD with the digits that matter. */
export function showUsd(nano: number): string {
  const usd = toUsd(nano);
  return `$${usd >= 1 || usd === 0 ? usd.toFixed(2) : usd.toFixed(6).replace(/0{1,4}$/, '')}`;
}
