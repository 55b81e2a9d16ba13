type Token =
  { kind: 'star' } | { kind: 'any' } | { kind: 'set'; has: (char: string) => boolean } | { kind: 'char'; char: string };

/** Alternatives that braces may stand for. */
const MAX_ALTERNATIVES = 64;

export type PathMatcher = (path: string) => boolean;

/**
 * Matches relative paths with `/`: `*` and `?` within a name, `[a-z]`, `**` for any number of folders, `{a,b}`. Takes time
 * proportional to pattern times path, whatever the pattern: it comes from a model. Throws a RangeError when the braces stand for too much.
 */
export function matchPath(pattern: string): PathMatcher {
  const matchers = expandBraces(pattern).map((plain) => {
    const segments = plain.split('/').filter((segment) => segment !== '' && segment !== '.');
    return segments.map((segment) => (segment === '**' ? '**' : matchName(segment)));
  });
  return (path) => {
    const names = path.split('/').filter((name) => name !== '');
    return matchers.some((segments) => matchSegments(segments, names));
  };
}

/** Matches one name without `/`. A backslash takes the meaning from the character after it. */
export function matchName(pattern: string): (name: string) => boolean {
  const tokens = tokenize(pattern);
  return (name) => matchTokens(tokens, [...name]);
}

type Segment = '**' | ((name: string) => boolean);

function matchSegments(segments: readonly Segment[], names: readonly string[]): boolean {
  // Which beginnings of the pattern can have matched the names so far; ** may always go on to what follows it.
  let open = reach(segments, new Set([0]));
  for (const name of names) {
    const next = new Set<number>();
    for (const index of open) {
      const segment = segments[index];
      if (segment === '**') next.add(index);
      else if (segment?.(name) === true) next.add(index + 1);
    }
    open = reach(segments, next);
  }
  return open.has(segments.length);
}

function reach(segments: readonly Segment[], from: Set<number>): Set<number> {
  for (const index of from) if (segments[index] === '**') from.add(index + 1);
  return from;
}

function matchTokens(tokens: readonly Token[], chars: readonly string[]): boolean {
  let token = 0;
  let char = 0;
  let star = -1;
  let starChar = 0;
  while (char < chars.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token++;
      starChar = char;
    } else if (current && fits(current, chars[char] ?? '')) {
      token++;
      char++;
    } else if (star >= 0) {
      // The last star takes one character more; earlier ones never need to be tried again.
      token = star + 1;
      char = ++starChar;
    } else return false;
  }
  while (tokens[token]?.kind === 'star') token++;
  return token === tokens.length;
}

function fits(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  return token.kind === 'any' || (token.kind === 'set' && token.has(char));
}

function tokenize(pattern: string): Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    const set = char === '[' ? readSet(chars, at) : undefined;
    if (set) {
      tokens.push({ kind: 'set', has: set.has });
      at = set.end;
    } else if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else if (char === '\\' && at + 1 < chars.length) tokens.push({ kind: 'char', char: chars[++at] ?? '' });
    else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

/** `[a-z_]`, `[!0-9]`; undefined when the bracket is never closed and so a plain character. */
function readSet(chars: readonly string[], start: number): { has: (char: string) => boolean; end: number } | undefined {
  const negated = chars[start + 1] === '!' || chars[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = chars.indexOf(']', first + 1);
  if (end === -1) return undefined;
  const ranges: [string, string][] = [];
  for (let at = first; at < end; at++) {
    const from = chars[at] ?? '';
    const isRange = chars[at + 1] === '-' && at + 2 < end;
    ranges.push([from, isRange ? (chars[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return { has: (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated, end };
}

function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [whole, inside = ''] = /\{([^{}]*,[^{}]*)\}/.exec(next) ?? [];
    if (whole === undefined) done.push(next);
    else for (const choice of inside.split(',')) open.push(next.replace(whole, () => choice));
    if (done.length + open.length > MAX_ALTERNATIVES) {
      throw new RangeError(`the braces of the pattern stand for more than ${MAX_ALTERNATIVES} alternatives`);
    }
  }
  return done;
}
