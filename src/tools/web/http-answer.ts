import { STATUS_CODES } from 'node:http';
import type { GuardedAnswer } from '../../platform/egress/guarded-request';
import { decodeText, isBinary, mediaType } from './body-text';
import { oneLine } from './outside-text';

const MOST_HEADERS = 40;
const MOST_CHARS = 60_000;
/** Headers that carry sessions and keys; the conversation is no place for them. */
const SENSITIVE = /cookie|auth|token|secret|session|csrf|xsrf|signature|password|credential|api-?key|-key$/i;

/** About the connection, which is over. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade']);

/** Status line, headers and body of an answer as text for the model. */
export function describeAnswer({ status, headers, body, cut }: GuardedAnswer): string {
  const lines = [`HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim(), ...headerLines(headers), ''];
  const type = mediaType(headers['content-type']);
  if (body.length === 0) return [...lines, '[no body]'].join('\n');
  if (isBinary(body, type))
    return [...lines, `[${body.length} bytes of ${type || 'binary data'}, not shown]`].join('\n');
  const text = decodeText(body, headers['content-type']);
  const isLonger = cut || text.length > MOST_CHARS;
  return [...lines, text.slice(0, MOST_CHARS), ...(isLonger ? ['[cut: the body is longer]'] : [])].join('\n');
}

function headerLines(headers: GuardedAnswer['headers']): string[] {
  return Object.entries(headers)
    .filter(([name]) => !SENSITIVE.test(name) && !HOP_BY_HOP.has(name))
    .slice(0, MOST_HEADERS)
    .map(([name, value]) => `${name}: ${oneLine(value, 500)}`);
}
