import type { ParameterDoc } from '../platform/api-doc/documented';
import { text } from '../platform/api-doc/schema';
import type { Schema } from '../platform/api-doc/schema';
import { isIdempotent } from '../platform/idempotency/idempotent-options';
import { dtoSchema, isDto } from './dto-schema';
import type { Route, RouteArgument } from './routes';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
  description?: string;
  example?: string;
}

export interface RequestBody {
  required: boolean;
  content: Record<string, { schema?: Schema; example?: unknown }>;
  description?: string;
}

const IDEMPOTENCY_KEY: ParameterDoc = {
  description:
    'Makes the call safe to repeat: the same key with the same body gets the first answer again. `X-Idempotency-Key` counts as well.',
};

/** Everything of a request but its body. */
export function parametersOf(route: Route): Parameter[] {
  const docs = route.doc?.parameters ?? {};
  const found = [
    ...pathNames(route.path).map((name) => parameter('path', name, true, text, docs[name])),
    ...route.arguments.flatMap((argument) => {
      if (argument.from === 'query') return queryParameters(argument.name, argument.type, docs);
      return argument.from === 'header' && argument.name !== undefined
        ? [parameter('header', headerName(argument.name), false, text, docs[headerName(argument.name)])]
        : [];
    }),
    ...(route.doc?.query ?? []).map((name) => parameter('query', name, false, text, docs[name])),
    ...(route.doc?.headers ?? []).map((name) => parameter('header', name, false, text, docs[name])),
  ];
  if (isIdempotent(route.handler)) found.push(parameter('header', 'Idempotency-Key', false, text, IDEMPOTENCY_KEY));
  return found;
}

export function bodyOf(route: Route): RequestBody | undefined {
  const { body, example } = route.doc ?? {};
  if (body) {
    const { type = 'application/json', schema, example: sample = example, description } = body;
    return {
      required: true,
      content: { [type]: { ...(schema && { schema }), ...(sample !== undefined && { example: sample }) } },
      ...(description !== undefined && { description }),
    };
  }
  const taken = dtoBodyOf(route);
  if (!taken) return undefined;
  const { optional = false } = (taken.data ?? {}) as { optional?: boolean };
  const schema = { title: (taken.type as { name: string }).name.replace(/Dto$/, 'Body'), ...dtoOf(taken.type) };
  return {
    required: !optional,
    content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
  };
}

/** The argument that takes a JSON body which the global pipe validates. */
export function dtoBodyOf(route: Route): RouteArgument | undefined {
  return route.arguments.find(({ from, type }) => from === 'own' && isDto(type));
}

/** `/v1/models/*id` and `/api/cron/:id` as OpenAPI writes them. */
export function templateOf(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, '{$1}');
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => name);
}

function queryParameters(name: string | undefined, type: unknown, docs: Readonly<Record<string, ParameterDoc>>) {
  if (name !== undefined) return [parameter('query', name, false, text, docs[name])];
  if (!isDto(type)) return [];
  const { properties, required = [] } = dtoSchema(type, { nulls: false }) as {
    properties: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([field, { description, ...schema }]) =>
    parameter('query', field, required.includes(field), schema, {
      ...(typeof description === 'string' && { description }),
      ...docs[field],
    }),
  );
}

function dtoOf(type: unknown): Schema {
  return dtoSchema(type as new () => object, { nulls: true });
}

function parameter(
  place: Parameter['in'],
  name: string,
  required: boolean,
  schema: Schema,
  doc: ParameterDoc | undefined,
): Parameter {
  return {
    name,
    in: place,
    required,
    schema: doc?.schema ?? schema,
    ...(doc?.description !== undefined && { description: doc.description }),
    ...(doc?.example !== undefined && { example: doc.example }),
  };
}

/** `if-match` as people write it. */
function headerName(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
