const LONGEST = 200;

/** Shapes of credentials: vendor prefixes, our own tokens, bearer headers, `key=…` pairs, userinfo in URLs. */
const CREDENTIALS =
  /\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|pplx|nvapi|r8|csk|fw|tgp|zc|zcl_live)[-_][\w.*-]{6,}|\bAIza[\w-]{10,}|\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}|\b(?:api[-_ ]?key|access[-_]?token|secret|password)["']?\s*[=:]\s*["']?[^\s"',;]{4,}|(?<=:\/\/)[^\s/@]+@/gi;

/** Takes the known secrets and everything that looks like a credential out of an upstream's words, puts them on one line and cuts them at 200 characters. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  // Bounded before the expressions run: the text comes from outside.
  let clean = text.slice(0, 4000);
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '[redacted]');
  clean = clean
    .replace(CREDENTIALS, '[redacted]')
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1)}…` : clean;
}
