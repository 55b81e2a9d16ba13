import { createHash } from 'node:crypto';
import { AppError } from '../errors/app-error';

/** The strong entity tag of a config.toml (RFC 9110 §8.8.3): another one for every other text, also where only a secret differs. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;
}

/** Throws the 412 when `If-Match` names tags (RFC 9110 §13.1.1, strong comparison) and none of them is that of `text`. */
export function assertMatch(ifMatch: string | undefined, text: string): void {
  if (ifMatch === undefined) return;
  const etag = etagOf(text);
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etag)) return;
  throw new AppError(
    412,
    'config.changed_meanwhile',
    'config.toml has changed since you read it: read it again, put your changes in and send it with the new ETag',
    { headers: { ETag: etag }, details: { etag } },
  );
}
