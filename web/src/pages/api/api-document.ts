import { request } from '../../api/request';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  description?: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
  description?: string;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>;
  'x-codeSamples': { source: string }[];
}

/** What the gateway says of itself, as far as the page shows it. */
export interface ApiDocument {
  info: { version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Endpoint {
  method: string;
  path: string;
  operation: Operation;
}

export function readApiDocument(): Promise<ApiDocument> {
  return request('/api/openapi.json');
}

/** Those that have every one of the words, by their headings. */
export function findEndpoints({ paths }: ApiDocument, wanted: string): [tag: string, endpoints: Endpoint[]][] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const byTag = new Map<string, Endpoint[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const { summary, description = '', tags } = operation;
      const said = `${method} ${path} ${summary} ${description}`.toLowerCase();
      if (!words.every((word) => said.includes(word))) continue;
      const tag = tags[0] ?? '';
      byTag.set(tag, [...(byTag.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return [...byTag].sort(([a], [b]) => a.localeCompare(b));
}
