import type { KeyShape } from './key-shape';
import { keyShape } from './key-shape';
import type { KeyOptions, SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import { parsePath } from './toml-path';

export type JsonSchema = { [keyword: string]: unknown; properties?: Record<string, JsonSchema> };

/** The configuration as JSON schema (draft 2020-12), for editors and for checks outside the gateway. */
export function jsonSchema(sections: readonly SectionClass[]): JsonSchema {
  const root: JsonSchema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'ZeroClaw gateway config.toml',
    type: 'object',
    properties: {},
  };
  for (const section of sections) {
    const { path, doc } = sectionMeta(section);
    let table = root;
    for (const segment of path ? parsePath(path) : []) {
      const tables = (table.properties ??= {});
      table = tables[segment] ??= { type: 'object', properties: {} };
    }
    if (path) table.description = doc;
    Object.assign((table.properties ??= {}), tableSchema(section).properties);
  }
  return root;
}

/** Whether a nested key is live is decided by the key that holds its table. */
function tableSchema(section: SectionClass, live?: boolean): JsonSchema {
  const defaults = new section() as Record<string, unknown>;
  const properties: Record<string, JsonSchema> = {};
  for (const [key, options] of sectionKeys(section)) {
    const schema = options.table ? nestedSchema(options.table, options) : shapeSchema(keyShape(section, key));
    const value = options.table ? undefined : defaults[key];
    properties[key] = {
      description: options.doc,
      ...schema,
      ...(value !== undefined && { default: value }),
      ...extras({ ...options, live: live ?? options.live ?? false }),
    };
  }
  return { type: 'object', properties };
}

function nestedSchema(table: SectionClass, { kind, live }: KeyOptions): JsonSchema {
  const schema = tableSchema(table, live ?? false);
  if (kind === 'array') return { type: 'array', items: schema };
  return kind === 'map' ? { type: 'object', additionalProperties: schema } : schema;
}

function shapeSchema(shape: KeyShape): JsonSchema {
  const one: JsonSchema = {
    ...(shape.type !== 'any' && { type: shape.type === 'table' ? 'object' : shape.type }),
    ...(shape.min !== undefined && { minimum: shape.min }),
    ...(shape.max !== undefined && { maximum: shape.max }),
    ...(shape.notEmpty && { minLength: 1 }),
    ...(shape.oneOf && { enum: shape.oneOf }),
    ...(shape.pattern && shape.complete && { pattern: shape.pattern.source }),
    ...(shape.url && { format: 'uri' }),
  };
  return shape.list ? { type: 'array', items: one } : one;
}

function extras({ env, secret, live }: KeyOptions): JsonSchema {
  return {
    ...(env !== undefined && { 'x-env': [env].flat() }),
    ...(secret && { writeOnly: true }),
    'x-live': live ?? false,
  };
}
