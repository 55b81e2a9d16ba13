const PAIR = /([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)/g;

/** The pairs of a line such as `lvl=info msg="started tunnel" url=https://…`; what is none is left out. */
export function logfmt(line: string): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  for (const [, key = '', value = ''] of line.matchAll(PAIR)) pairs[key] = unquoted(value);
  return pairs;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value.slice(1, -1);
  }
}
