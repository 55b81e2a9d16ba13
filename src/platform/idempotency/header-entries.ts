type HeaderValue = string | number | readonly string[];

/** The headers of a `writeHead` call in any of its three forms: an object, pairs, or names and values in turn. A list may name one several times. */
export function headerEntries(given: unknown): Map<string, HeaderValue> {
  const headers = new Map<string, HeaderValue>();
  for (const [name, value] of entriesOf(given)) {
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : [earlier, value].flat().map(String));
  }
  return headers;
}

function entriesOf(given: unknown): [string, HeaderValue][] {
  if (typeof given !== 'object' || given === null) return [];
  if (!Array.isArray(given)) return Object.entries(given as Record<string, HeaderValue>);
  if (Array.isArray(given[0])) return given as [string, HeaderValue][];
  const inTurn = given as string[];
  return inTurn.flatMap((name, index) => (index % 2 === 0 ? [[name, inTurn[index + 1] ?? '']] : []));
}
