import { hmacSha256 } from '../core/signature';

const BEGINNING = '<!-- zeroclaw:';
/** Longer than every marker, its line break included. */
export const MARKER_ROOM = 64;

/**
 * The line that every answer begins with. Readers do not see it; we know our own words and this very part by it. It comes first, where
 * nothing that the agent writes, such as an open code block, can hide it. Nobody without the secret can make the one of a part to come.
 */
export function replyMarker(partId: string, secret: string): string {
  return `${BEGINNING}${hmacSha256(secret, partId).slice(0, 32)} -->`;
}

/** Whether a comment is an answer of a gateway, whichever. */
export function isMarked(body: string): boolean {
  return body.trimStart().startsWith(BEGINNING);
}
