import { getMetadataStorage } from 'class-validator';
import type { SectionClass } from './section';
import { isTable } from './toml-document';

export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'table' | 'any';

/** What class-validator's decorators say about one key, for sentences, the environment and the JSON schema. */
export interface KeyShape {
  /** Of the value, or of each entry when `list`. */
  type: ValueType;
  list: boolean;
  min?: number;
  max?: number;
  notEmpty?: boolean;
  oneOf?: readonly unknown[];
  url?: boolean;
  pattern?: RegExp;
  /** False when there are rules that this summary does not cover or that bring their own sentence. */
  complete: boolean;
}

interface Rule {
  name?: string;
  type: string;
  each: boolean;
  constraints?: readonly unknown[];
  message?: unknown;
}

const TYPES: Record<string, ValueType> = {
  isString: 'string',
  isInt: 'integer',
  isNumber: 'number',
  isBoolean: 'boolean',
  isObject: 'table',
};

export function keyShape(section: SectionClass, key: string): KeyShape {
  const rules: readonly Rule[] = getMetadataStorage()
    .getTargetValidationMetadatas(section, '', false, false)
    .filter((rule) => rule.propertyName === key);
  const shape: KeyShape = { type: 'any', list: false, complete: true };
  for (const rule of rules) apply(shape, rule);
  // Rules of a room's own leave the type open; a default that is a table settles it.
  if (shape.type === 'any' && isTable((new section() as Record<string, unknown>)[key])) shape.type = 'table';
  if (shape.type === 'any' && shape.oneOf?.every((value) => typeof value === 'string')) shape.type = 'string';
  return shape;
}

function apply(shape: KeyShape, { name = '', type, each, constraints = [], message }: Rule): void {
  if (type === 'conditionalValidation' || name === 'isOptional') return;
  if (message !== undefined) shape.complete = false;
  if (each) shape.list = true;
  const known = TYPES[name];
  const [first] = constraints;
  if (known) shape.type = known;
  else if (name === 'isArray') shape.list = true;
  else if (name === 'min') shape.min = Number(first);
  else if (name === 'max') shape.max = Number(first);
  else if (name === 'isNotEmpty') shape.notEmpty = true;
  else if (name === 'isIn' && Array.isArray(first)) shape.oneOf = first;
  else if (name === 'isEnum') shape.oneOf = Object.values(first as object);
  else if (name === 'isUrl') Object.assign(shape, { url: true, type: 'string' });
  else if (name === 'matches' && first instanceof RegExp) Object.assign(shape, { pattern: first, type: 'string' });
  else shape.complete = false;
}

/** "a whole number from 0 to 65535", "one of none, log, otel", "a list of text" */
export function describeShape(shape: KeyShape): string {
  const one = describeOne(shape);
  return shape.list ? `a list, each entry ${one}` : one;
}

function describeOne(shape: KeyShape): string {
  if (shape.oneOf) return `one of ${shape.oneOf.join(', ')}`;
  switch (shape.type) {
    case 'integer':
      return `a whole number${range(shape)}`;
    case 'number':
      return `a number${range(shape)}`;
    case 'boolean':
      return 'true or false';
    case 'table':
      return 'a table';
    case 'string':
      if (shape.url) return 'a URL';
      if (shape.pattern && shape.complete) return `text like ${shape.pattern.source}`;
      return shape.notEmpty ? 'text that is not empty' : 'text';
    default:
      return 'a value';
  }
}

function range({ min, max }: KeyShape): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

const BOOLEANS: Record<string, boolean> = {
  1: true,
  true: true,
  yes: true,
  on: true,
  0: false,
  false: false,
  no: false,
  off: false,
};

/** Reads the text of an environment variable or flag; text that does not fit is returned as it is, for the validator to refuse. */
export function fromText(text: string, shape: KeyShape): unknown {
  if (shape.list) {
    const entries = text.split(',').map((entry) => entry.trim());
    return entries.filter((entry) => entry !== '').map((entry) => fromText(entry, { ...shape, list: false }));
  }
  if (shape.type === 'boolean') return BOOLEANS[text.trim().toLowerCase()] ?? text;
  if (shape.type === 'integer' || shape.type === 'number') {
    const number = Number(text);
    return text.trim() === '' || Number.isNaN(number) ? text : number;
  }
  return text;
}
