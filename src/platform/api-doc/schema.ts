/** A JSON Schema of draft 2020-12, the dialect of OpenAPI 3.1. One with a `title` becomes a component that others refer to. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
/** RFC 3339, in UTC. */
export const time: Schema = { type: 'string', format: 'date-time' };
/** Whatever is valid JSON. */
export const anything: Schema = {};

/** An object of fields that are always there and fields that may be left out. */
export function object(always: Record<string, Schema>, sometimes: Record<string, Schema> = {}): Schema {
  return { type: 'object', properties: { ...always, ...sometimes }, required: Object.keys(always) };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** Any names, each with such a value. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

export function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: [...values] };
}

export function nullable(schema: Schema): Schema {
  const { type } = schema;
  if (typeof type === 'string' && schema['enum'] === undefined && schema['title'] === undefined) {
    return { ...schema, type: [type, 'null'] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

export function named(title: string, schema: Schema): Schema {
  return { title, ...schema };
}

export function described(description: string, schema: Schema): Schema {
  return { ...schema, description };
}
