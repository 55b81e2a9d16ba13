import type { ChannelLimits } from '../core/channel';
import { fenceAt } from './code-fence';
import type { OpenFence } from './code-fence';

/** A break earlier than this share of a part makes parts too short. */
const LEAST_SHARE = 1 / 3;
const LONGEST_INFO = 40;
/** Far longer than any character people write. */
const GRAPHEME_REACH = 64;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Cuts a text into parts that a platform takes: between paragraphs where that is possible, then lines, sentences, words, and never inside of a
 * character. A code block that is cut is closed at the end of one part and opened again in the next. Nothing but space between parts gets lost.
 * A text without anything to read has no parts.
 */
export function splitText(text: string, limits: ChannelLimits): string[] {
  const sizeOf =
    limits.unit === 'bytes' ? (piece: string) => Buffer.byteLength(piece) : (piece: string) => piece.length;
  const parts: string[] = [];
  let rest = text.trim();
  while (sizeOf(rest) > limits.maxLength) {
    const room = limits.maxLength - sizeOf(closing(longestFence(rest)));
    const window = fitting(rest, Math.max(room, 4), sizeOf);
    const end = cutIn(rest, window);
    const open = fenceAt(rest, end);
    const [head, tail] = [rest.slice(0, end), rest.slice(end)];
    const reopened = open && `${opening(open)}\n${tail.replace(/^\n/, '')}`;
    // A part that is shorter than its own fence would never come to an end.
    const isSound = open && reopened !== undefined && reopened.length < rest.length;
    parts.push(isSound ? head.trimEnd() + closing(open.marker) : head.trimEnd());
    rest = isSound ? reopened : tail.trim();
  }
  return rest === '' ? parts : [...parts, rest];
}

/** Where to cut, at most at `window`. */
function cutIn(text: string, window: number): number {
  const least = Math.floor(window * LEAST_SHARE);
  const candidates = [
    () => lastBreak(text, /\n[ \t]*\n+/g, least, window, false),
    () => lastBreak(text, /\n(?=[ ]{0,3}(?:```|~~~))/g, least, window, false),
    () => lastBreak(text, /\n/g, least, window, false),
    () => lastBreak(text, /\n/g, least, window, true),
    () => lastBreak(text, /[.!?…。！？]["')\]»”]*(?=\s)|[。！？]/gu, least, window, true),
    () => lastBreak(text, /\s+/g, 1, window, true),
  ];
  for (const candidate of candidates) {
    const end = candidate();
    if (end !== undefined) return end;
  }
  return graphemeBreak(text, window);
}

/** The end of the last match within the window; with `inCode` false only outside of code blocks. */
function lastBreak(text: string, pattern: RegExp, least: number, window: number, inCode: boolean): number | undefined {
  const ends = [...text.slice(0, window + 1).matchAll(pattern)]
    .map((match) => (match[0].trim() === '' ? match.index : match.index + match[0].length))
    .filter((end) => end >= Math.max(least, 1) && end <= window);
  return ends.findLast((end) => inCode || !fenceAt(text, end));
}

/** The last boundary between two characters as people see them. */
function graphemeBreak(text: string, window: number): number {
  const from = safeStart(text, Math.max(0, window - GRAPHEME_REACH));
  const inside = graphemes.segment(text.slice(from, window + GRAPHEME_REACH)).containing(window - from);
  const end = inside === undefined ? window : from + inside.index;
  return end > from ? end : window;
}

function safeStart(text: string, at: number): number {
  return isInsidePair(text, at) ? at - 1 : at;
}

/** The longest beginning that fits, in code units; never half of a surrogate pair. */
function fitting(text: string, room: number, sizeOf: (piece: string) => number): number {
  let [fits, exceeds] = [0, Math.min(text.length, room) + 1];
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >> 1;
    if (sizeOf(text.slice(0, middle)) <= room) fits = middle;
    else exceeds = middle;
  }
  const whole = isInsidePair(text, fits) ? fits - 1 : fits;
  return Math.max(whole, isInsidePair(text, 1) ? 2 : 1);
}

function isInsidePair(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
}

function longestFence(text: string): string {
  const markers = text.match(/^ {0,3}(`{3,}|~{3,})/gm) ?? [];
  return markers.map((marker) => marker.trim()).reduce((a, b) => (b.length > a.length ? b : a), '');
}

function closing(marker: string): string {
  return marker === '' ? '' : `\n${marker}`;
}

function opening({ marker, info }: OpenFence): string {
  return info.length > LONGEST_INFO ? marker : marker + info;
}
