import { validateHeaderName, validateHeaderValue } from 'node:http';

/** What belongs to the connection, and not to the message. */
const OURS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);
const MOST_HEADERS = 50;

export type CheckedHeaders = { ok: true; headers: Record<string, string> } | { ok: false; reason: string };

/** Reads headers that a model wrote, names in lower case. Never throws: the reason is a sentence for the model. */
export function checkHeaders(given: unknown): CheckedHeaders {
  if (given === undefined) return { ok: true, headers: {} };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return wrong('headers must be an object');
  const entries = Object.entries(given);
  if (entries.length > MOST_HEADERS) return wrong(`there are more than ${MOST_HEADERS} headers`);
  const headers: Record<string, string> = {};
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (OURS.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')) {
      return wrong(`the header ${name} is set by the gateway; leave it out`);
    }
    if (typeof value !== 'string') return wrong(`the header ${name} must be text`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return wrong(`the header ${JSON.stringify(name)} has characters that no header may have`);
    }
    headers[lower] = value;
  }
  return { ok: true, headers };
}

function wrong(reason: string): CheckedHeaders {
  return { ok: false, reason };
}
