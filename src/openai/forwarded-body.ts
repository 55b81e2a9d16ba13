import type { ChatCompletionPayload } from './chat-completion.payload';
import { isObject } from './wire-value';

const MODEL_KEY = Buffer.from('"model"');
/** Of `\u0065` and the like, the escapes of the letters of "model": found faster than the backslash, of which most texts are full. */
const LETTER_CODE = Buffer.from('006');
const ASK_FOR_USAGE = Buffer.from(',"stream_options":{"include_usage":true}}');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const COLON = 0x3a;
const CLOSING_BRACE = 0x7d;

/**
 * The client's body with the upstream's own name of the model, and with the usage of a stream asked for.
 * The other bytes stay as they came wherever the place to change is beyond doubt; otherwise the body is written anew.
 * A name that is no longer than the client's is written into `payload.bytes`, which is used up by that.
 */
export function forwardedBody(payload: ChatCompletionPayload, upstreamModel: string): Buffer {
  const { bytes, fields, stream } = payload;
  const options = fields['stream_options'];
  const askForUsage = stream && !payload.includeUsage;
  const place = askForUsage && options !== undefined ? undefined : findModel(bytes, payload.model);
  if (place === undefined) {
    const asked = askForUsage ? { stream_options: { ...(isObject(options) ? options : {}), include_usage: true } } : {};
    return Buffer.from(JSON.stringify({ ...fields, model: upstreamModel, ...asked }));
  }
  const model = quoted(upstreamModel);
  const spare = place.end - place.start - model.length;
  if (!askForUsage && spare >= 0) {
    // A copy of a long conversation would cost more than all the rest of its way: what stands before the name moves up to it.
    bytes.copyWithin(spare, 0, place.start);
    model.copy(bytes, spare + place.start);
    return bytes.subarray(spare);
  }
  const head = bytes.subarray(0, place.start);
  if (!askForUsage) return Buffer.concat([head, model, bytes.subarray(place.end)]);
  return Buffer.concat([head, model, bytes.subarray(place.end, bytes.lastIndexOf(CLOSING_BRACE)), ASK_FOR_USAGE]);
}

/**
 * Where the value of the body's own "model" stands, quotes included; undefined when that is not certain.
 * Inside a JSON string a quote is always escaped, so the bytes `"model"` without a backslash before them are a key or a whole string.
 */
function findModel(bytes: Buffer, model: string): { start: number; end: number } | undefined {
  const value = quoted(model);
  let found: { start: number; end: number } | undefined;
  for (let at = bytes.indexOf(MODEL_KEY); at !== -1; at = bytes.indexOf(MODEL_KEY, at + 1)) {
    if (bytes[at - 1] === BACKSLASH) continue;
    const colon = skipSpace(bytes, at + MODEL_KEY.length);
    if (bytes[colon] !== COLON) continue;
    const start = skipSpace(bytes, colon + 1);
    if (bytes[start] !== QUOTE) continue;
    const end = start + value.length;
    if (found !== undefined || bytes.compare(value, 0, value.length, start, Math.min(end, bytes.length)) !== 0) {
      return undefined;
    }
    found = { start, end };
  }
  return found === undefined || hasLetterEscape(bytes) ? undefined : found;
}

/** With an escaped letter around, the raw key may not be the key that the parser saw. */
function hasLetterEscape(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LETTER_CODE); at !== -1; at = bytes.indexOf(LETTER_CODE, at + 1)) {
    if (bytes[at - 1] === LETTER_U && bytes[at - 2] === BACKSLASH) return true;
  }
  return false;
}

const NAMES_KEPT = 256;
const names = new Map<string, Buffer>();

/** A model's name as JSON. The same few are asked for again and again. */
function quoted(name: string): Buffer {
  let bytes = names.get(name);
  if (bytes === undefined) {
    bytes = Buffer.from(JSON.stringify(name));
    if (names.size >= NAMES_KEPT) names.clear();
    if (name.length <= NAMES_KEPT) names.set(name, bytes);
  }
  return bytes;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  return at;
}
