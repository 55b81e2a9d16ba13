import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { ApiDescription, Operation } from './openapi';
import type { CurlAnswer } from './shell-docs';

type Json = Record<string, unknown>;

/** Compares answers with a document: what is wrong with one, in sentences; nothing when it is as described. */
export class AnswerCheck {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: ApiDescription) {
    addFormats(this.ajv);
    this.ajv.addSchema(closed(document) as Json, 'document');
  }

  faults(operation: Operation, { status, headers, body }: CurlAnswer): string[] {
    const response = operation.responses[status];
    if (!response) return [`${status} is not described: ${body.slice(0, 200)}`];
    // What follows is not HTTP any more.
    if (status === 101) return [];
    if (!response.content) return body === '' ? [] : [`${status} has a body: ${body.slice(0, 200)}`];
    const type = headers.get('content-type')?.split(';', 1)[0] ?? 'none';
    const content = response.content[type];
    if (!content) return [`${status} comes as ${type}`];
    if (!type.endsWith('json')) return [];
    const schema = closed(content.schema) as Json;
    const validate = this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as Json);
    return validate(JSON.parse(body)) ? [] : [this.ajv.errorsText(validate.errors), body.slice(0, 400)];
  }
}

/** The same with nothing allowed beyond what is described, so that a field which the document forgets is a fault too. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  const isObject = [inner['type']].flat().includes('object') && typeof inner['properties'] === 'object';
  return isObject ? { ...inner, additionalProperties: false } : inner;
}
