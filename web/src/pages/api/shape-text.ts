import type { Schema } from './api-document';

/** Deeper ones are told by their names. */
const DEEPEST = 5;

/** A schema as people write types: `{ id: string, name: string | null }`, a field per line. */
export function shapeText(schema: Schema | undefined, named: Record<string, Schema>, indent = '', depth = 0): string {
  if (!schema) return 'anything';
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return depth > DEEPEST ? name : shapeText(named[name], named, indent, depth + 1);
  }
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map((one) => shapeText(one, named, indent, depth)).join(' | ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return 'anything';
  return types.map((type) => typeText(type, schema, named, indent, depth)).join(' | ');
}

function typeText(type: string, schema: Schema, named: Record<string, Schema>, indent: string, depth: number): string {
  if (type === 'array') {
    const item = shapeText(schema.items, named, indent, depth);
    return /[ |]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
  }
  if (type === 'object') return objectText(schema, named, indent, depth);
  return type === 'string' && schema.format === 'date-time' ? 'time' : type;
}

function objectText(schema: Schema, named: Record<string, Schema>, indent: string, depth: number): string {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties) {
    const value = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    return `{ [name]: ${shapeText(value, named, indent, depth)} }`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${inner}${name}${mark}: ${shapeText(field, named, inner, depth)}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}
