import { refuse } from './wire-error';

export type WireObject = Record<string, unknown>;

export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** OpenAI's SDKs send null for "not given". */
export function given<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** The keys of an object that the gateway knows; any other given one is refused under its full path. */
export function onlyKeys(value: WireObject, known: readonly string[], path: string): void {
  for (const key of Object.keys(value)) {
    if (given(value[key]) && !known.includes(key)) {
      throw refuse('unknown_parameter', `Unknown parameter: '${path}.${key}'.`, `${path}.${key}`);
    }
  }
}

export function optionalNumber(fields: WireObject, name: string, min: number, max: number): number | undefined {
  const value = fields[name];
  if (!given(value)) return undefined;
  if (typeof value !== 'number') throw refuse('invalid_type', `'${name}' must be a number.`, name);
  if (value < min || value > max) {
    throw refuse('invalid_value', `'${name}' must be between ${min} and ${max}, not ${value}.`, name);
  }
  return value;
}

export function optionalInteger(fields: WireObject, name: string, min: number): number | undefined {
  const value = optionalNumber(fields, name, min, Number.MAX_SAFE_INTEGER);
  if (value !== undefined && !Number.isInteger(value)) {
    throw refuse('invalid_type', `'${name}' must be a whole number, not ${value}.`, name);
  }
  return value;
}

export function optionalBoolean(fields: WireObject, name: string, path = name): boolean | undefined {
  const value = fields[name];
  if (!given(value)) return undefined;
  if (typeof value !== 'boolean') throw refuse('invalid_type', `'${path}' must be true or false.`, path);
  return value;
}

export function optionalString(fields: WireObject, name: string, path = name): string | undefined {
  const value = fields[name];
  if (!given(value)) return undefined;
  if (typeof value !== 'string') throw refuse('invalid_type', `'${path}' must be a string.`, path);
  return value;
}
