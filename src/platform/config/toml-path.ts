/** Appends keys to a dotted path, quoted where TOML asks for it: `model_providers."custom:https://host"`. */
export function formatPath(segments: readonly string[], prefix = ''): string {
  const dotted = segments.map((segment) => (/^[A-Za-z0-9_-]+$/.test(segment) ? segment : JSON.stringify(segment)));
  return [...(prefix ? [prefix] : []), ...dotted].join('.');
}

/** The opposite of `formatPath`. Throws a TypeError for anything that is not a dotted key. */
export function parsePath(path: string): string[] {
  const segments: string[] = [];
  const pattern = /\s*(?:([A-Za-z0-9_-]+)|("(?:[^"\\]|\\.)*")|'([^']*)')\s*(\.|$)/y;
  for (;;) {
    const match = pattern.exec(path);
    if (!match) throw new TypeError(`"${path}" is not a dotted key such as gateway.port`);
    const [, bare, quoted, literal, separator] = match;
    segments.push(bare ?? (quoted === undefined ? (literal ?? '') : unquote(quoted, path)));
    if (!separator) return segments;
  }
}

function unquote(quoted: string, path: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new TypeError(`"${path}" holds a quoted key with an escape that is not understood`);
  }
}
