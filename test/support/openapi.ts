export interface Schema {
  $ref?: string;
  properties?: Record<string, { description?: string }>;
  required?: string[];
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary?: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters?: {
    name: string;
    in: string;
    required: boolean;
    schema: object;
    description?: string;
    example?: string;
  }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
  'x-codeSamples': { source: string }[];
}

/** As much of an OpenAPI document as the tests look at. */
export interface ApiDescription {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface DescribedRoute {
  method: string;
  path: string;
  operation: Operation;
}

export function operationsOf({ paths }: ApiDescription): DescribedRoute[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  );
}
