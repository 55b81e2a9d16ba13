import { createPrivateKey, sign } from 'node:crypto';

/** GitHub allows ten minutes; clocks may differ by one. */
const LIFE_SECS = 9 * 60;
const SKEW_SECS = 60;

/**
 * The token that a GitHub App proves itself with:
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app.
 * Throws when `pem` is no private key of RSA.
 */
export function appJwt(appId: number, pem: string, now: number): string {
  // Environment variables and single-line TOML hold line breaks as \n.
  const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  if (key.asymmetricKeyType !== 'rsa')
    throw new Error(`it is a key of ${key.asymmetricKeyType ?? 'another kind'}, not of RSA`);
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - SKEW_SECS, exp: seconds + LIFE_SECS, iss: String(appId) };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
