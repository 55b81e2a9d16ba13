import type { ResponseFormat, ToolChoice, ToolDefinition } from '../providers/provider';
import { refuse } from './wire-error';
import { given, isObject, onlyKeys, optionalBoolean, optionalString } from './wire-value';
import type { WireObject } from './wire-value';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The functions that the client runs itself. Custom (grammar) tools are refused. */
export function parseTools(tools: unknown): ToolDefinition[] | undefined {
  if (!Array.isArray(tools)) return undefined;
  if (tools.length === 0) throw refuse('invalid_value', "'tools' must not be empty; leave it out.", 'tools');
  return tools.map((tool: unknown, index) => parseTool(tool, `tools[${index}]`));
}

function parseTool(tool: unknown, path: string): ToolDefinition {
  const made = functionOf(tool, path);
  onlyKeys(made, ['name', 'description', 'parameters', 'strict'], `${path}.function`);
  const parameters = made['parameters'];
  if (given(parameters) && !isObject(parameters)) {
    const param = `${path}.function.parameters`;
    throw refuse('invalid_type', `'${param}' must be a JSON schema of type object.`, param);
  }
  const description = optionalString(made, 'description', `${path}.function.description`);
  const strict = optionalBoolean(made, 'strict', `${path}.function.strict`);
  return {
    name: nameOf(made, `${path}.function.name`),
    ...(description === undefined ? {} : { description }),
    ...(given(parameters) ? { parameters } : {}),
    ...(strict === undefined ? {} : { strict }),
  };
}

/** `none`, `auto`, `required` or one of the given functions. */
export function parseToolChoice(choice: unknown, tools: readonly ToolDefinition[] | undefined): ToolChoice | undefined {
  if (!given(choice)) return undefined;
  if (tools === undefined) {
    throw refuse('invalid_value', "'tool_choice' is only allowed when 'tools' are given.", 'tool_choice');
  }
  if (choice === 'none' || choice === 'auto' || choice === 'required') return choice;
  if (typeof choice === 'string') {
    throw refuse('invalid_value', "'tool_choice' must be none, auto, required or a function.", 'tool_choice');
  }
  const name = nameOf(functionOf(choice, 'tool_choice'), 'tool_choice.function.name');
  if (!tools.some((tool) => tool.name === name)) {
    throw refuse(
      'invalid_value',
      `'tool_choice' names '${name}', which is not in 'tools'.`,
      'tool_choice.function.name',
    );
  }
  return { name };
}

/** How the answer must be shaped. */
export function parseResponseFormat(format: unknown): ResponseFormat | undefined {
  if (!isObject(format)) return undefined;
  switch (format['type']) {
    case 'text':
    case 'json_object':
      onlyKeys(format, ['type'], 'response_format');
      return { type: format['type'] };
    case 'json_schema':
      onlyKeys(format, ['type', 'json_schema'], 'response_format');
      return jsonSchema(format['json_schema'], 'response_format.json_schema');
    default:
      throw refuse(
        'invalid_value',
        "'response_format.type' must be text, json_object or json_schema.",
        'response_format.type',
      );
  }
}

function jsonSchema(described: unknown, path: string): ResponseFormat {
  if (!isObject(described) || !isObject(described['schema'])) {
    throw refuse('missing_required_parameter', `'${path}.schema' must be a JSON schema.`, `${path}.schema`);
  }
  // A description would have to reach the model as text; the schema's own `description` does that everywhere.
  onlyKeys(described, ['name', 'schema', 'strict'], path);
  const strict = optionalBoolean(described, 'strict', `${path}.strict`);
  return {
    type: 'json_schema',
    name: nameOf(described, `${path}.name`),
    schema: described['schema'],
    ...(strict === undefined ? {} : { strict }),
  };
}

function functionOf(value: unknown, path: string): WireObject {
  if (!isObject(value) || value['type'] !== 'function') {
    throw refuse('unsupported_value', `'${path}.type' must be function with this model.`, `${path}.type`);
  }
  onlyKeys(value, ['type', 'function'], path);
  const made = value['function'];
  if (!isObject(made)) {
    throw refuse('missing_required_parameter', `Missing required parameter: '${path}.function'.`, `${path}.function`);
  }
  return made;
}

function nameOf(value: WireObject, path: string): string {
  const name = value['name'];
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw refuse('invalid_value', `'${path}' must be 1 to 64 letters, digits, underscores or dashes.`, path);
  }
  return name;
}
