export type Replacement = { text: string; refused?: never } | { text?: never; refused: string };

const ABSENT = 'the old text does not occur in the file; read it again and copy the text exactly';

/**
 * `text` with the only occurrence of `old` replaced. When there is none, the only run of whole lines that are the same but for blanks
 * at their beginning and end is taken instead.
 */
export function replaceOnce(text: string, old: string, replacement: string): Replacement {
  const first = text.indexOf(old);
  if (first === -1) return replaceLines(text, old, replacement);
  if (text.includes(old, first + 1)) return { refused: several(countOf(text, old)) };
  return { text: text.slice(0, first) + replacement + text.slice(first + old.length) };
}

function replaceLines(text: string, old: string, replacement: string): Replacement {
  const wanted = old
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => line.trim());
  if (wanted.every((line) => line === '')) return { refused: ABSENT };
  const lines = text.split('\n');
  const plain = lines.map((line) => line.trim());
  const places: number[] = [];
  for (let at = plain.indexOf(wanted[0] ?? ''); at !== -1; at = plain.indexOf(wanted[0] ?? '', at + 1)) {
    if (wanted.every((line, index) => plain[at + index] === line)) places.push(at);
  }
  const [place] = places;
  if (place === undefined) return { refused: ABSENT };
  if (places.length > 1) return { refused: several(places.length) };
  const ending = lines[place + wanted.length - 1]?.endsWith('\r') === true ? '\r' : '';
  lines.splice(place, wanted.length, replacement.replace(/\r?\n$/, '') + ending);
  return { text: lines.join('\n') };
}

function several(count: number): string {
  return `the old text occurs ${count} times; give more of what stands around the one you mean`;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count++;
  return count;
}
