import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { Schema } from '../platform/api-doc/schema';

interface Rule {
  propertyName: string;
  name?: string;
  type: string;
  each: boolean;
  constraints?: readonly unknown[];
  message?: unknown;
}

type Draft = Record<string, unknown>;

/** What each rule of class-validator that our DTOs use means in JSON Schema. */
const MEANINGS: Record<string, (draft: Draft, constraints: readonly unknown[]) => void> = {
  isString: (draft) => void (draft['type'] = 'string'),
  isInt: (draft) => void (draft['type'] = 'integer'),
  isNumber: (draft) => void (draft['type'] = 'number'),
  isBoolean: (draft) => void (draft['type'] = 'boolean'),
  isObject: (draft) => void (draft['type'] = 'object'),
  isArray: (draft) => void (draft['type'] = 'array'),
  isIn: (draft, [values]) => void (draft['enum'] = values),
  min: (draft, [least]) => void (draft['minimum'] = least),
  max: (draft, [most]) => void (draft['maximum'] = most),
  isLength: (draft, [least, most]) => {
    draft['minLength'] = least;
    if (most !== undefined) draft['maxLength'] = most;
  },
  minLength: (draft, [least]) => void (draft['minLength'] = least),
  maxLength: (draft, [most]) => void (draft['maxLength'] = most),
  isNotEmpty: (draft) => void (draft['minLength'] = 1),
  matches: (draft, [pattern]) => {
    draft['type'] = 'string';
    draft['pattern'] = (pattern as RegExp).source;
  },
  arrayNotEmpty: (draft) => void (draft['minItems'] = 1),
  arrayMaxSize: (draft, [most]) => void (draft['maxItems'] = most),
  arrayUnique: (draft) => void (draft['uniqueItems'] = true),
};

/** Whether class-validator knows rules for this class. */
export function isDto(type: unknown): type is new () => object {
  return typeof type === 'function' && type !== Object && type !== Function && rulesOf(type).length > 0;
}

/** The fields of a DTO as its validators allow them. A JSON body may say null for what it may leave out; a query cannot. */
export function dtoSchema(type: new () => object, { nulls }: { nulls: boolean }): Schema {
  const fields = Map.groupBy(rulesOf(type), ({ propertyName }) => propertyName);
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [field, rules] of fields) {
    const isOptional = rules.some((rule) => rule.type === 'conditionalValidation');
    const schema = fieldSchema(type, field, rules);
    properties[field] = isOptional && nulls ? orNull(schema) : schema;
    if (!isOptional) required.push(field);
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function fieldSchema(type: new () => object, field: string, rules: readonly Rule[]): Schema {
  const whole: Draft = {};
  const each: Draft = {};
  let description: string | undefined;
  for (const { name = '', type: kind, each: isEach, constraints = [], message } of rules) {
    // One of ours is a sentence; class-validator's own is a pattern.
    if (typeof message === 'string' && !message.includes('$property')) description = message;
    if (kind === 'nestedValidation') Object.assign(whole, dtoSchema(nestedType(type, field), { nulls: true }));
    else MEANINGS[name]?.(isEach ? each : whole, constraints);
  }
  const isText = whole['type'] === undefined && (whole['enum'] as unknown[] | undefined)?.every(isString);
  return {
    ...(isText && { type: 'string' }),
    ...whole,
    ...(Object.keys(each).length > 0 && { type: 'array', items: each }),
    ...(description !== undefined && { description }),
  };
}

/** What class-transformer makes of the field. */
function nestedType(type: new () => object, field: string): new () => object {
  const made = plainToInstance(type, { [field]: {} }) as Record<string, object>;
  return made[field]?.constructor as new () => object;
}

function orNull({ description, ...schema }: Schema): Schema {
  const open =
    typeof schema['type'] === 'string' && schema['enum'] === undefined
      ? { ...schema, type: [schema['type'], 'null'] }
      : { anyOf: [schema, { type: 'null' }] };
  return { ...open, ...(description !== undefined && { description }) };
}

function rulesOf(type: object): readonly Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(type as new () => object, '', false, false);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
