/** Tokens and keys by their well-known prefixes; our own first. */
const SECRETS =
  /zcl_live_[0-9a-f]{16,}|\bzc_[0-9a-f]{64}|\b(?:sk|pk|rk)-[\w-]{16,}|\bsk_(?:live|test)_\w{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bAIza[\w-]{30,}|\bxox[abprs]-[\w-]{10,}|\bwhsec_[\w+/=]{16,}|(?<=\bBearer )[\w.~+/-]{8,}=*/g;

/** Shorter ones would turn up in ordinary words. */
const SHORTEST_SECRET = 8;

/** The text without anything that looks like a credential, and without the secrets that are known. */
export function redactSecrets(text: string, known: Iterable<string> = []): string {
  let clean = text.replace(SECRETS, '[REDACTED]');
  for (const secret of known) {
    if (secret.length >= SHORTEST_SECRET) clean = clean.replaceAll(secret, '[REDACTED]');
  }
  return clean;
}
