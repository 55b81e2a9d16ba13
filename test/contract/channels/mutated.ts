import * as fc from 'fast-check';

/** JSON like `original`, with a few of its values replaced by any other JSON, left out, or nested where they do not belong. */
export function mutated(original: unknown): fc.Arbitrary<unknown> {
  const places = pathsOf(original);
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constant(GONE),
      fc.constantFrom(...places).map((path) => at(original, path)),
    ),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((value, [path, replacement]) => replaced(value, path, replacement), structuredClone(original)),
    );
}

const GONE = Symbol('left out');
type Path = readonly string[];

function pathsOf(value: unknown, here: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...here, key]))];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function replaced(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement === GONE ? null : replacement;
  // An earlier change may have taken the place away.
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && !/^\d+$/.test(key))) return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  if (rest.length === 0 && replacement === GONE) delete copy[key];
  else copy[key] = replaced(copy[key], rest, replacement);
  return copy;
}
