/** What a platform sent, whose shape nobody has checked. */
export type WireObject = Readonly<Record<string, unknown>>;

const NOTHING: WireObject = {};

/** The parsed JSON of a body; undefined when it is none. */
export function jsonOf(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one: what is missing reads as missing all the way down. */
export function objectOf(value: unknown): WireObject {
  return isObject(value) ? value : NOTHING;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The string without the space around it, or an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** An id that is a string or a whole number, as a string; empty when it is neither. */
export function idOf(value: unknown): string {
  return Number.isSafeInteger(value) ? String(value) : textOf(value);
}
