import { refuse } from './wire-error';
import { given, isObject } from './wire-value';
import type { WireObject } from './wire-value';

type WireType = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'string or array' | 'string or object';

interface FieldRule {
  type: WireType;
  /** Without it the gateway itself honours every value; with it only those that ask for nothing beyond what it does anyway. */
  harmless?: (value: unknown) => boolean;
}

const never = () => false;
const only =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);

/** Every field of https://platform.openai.com/docs/api-reference/chat/create, and how far the gateway's own answers honour it. */
const FIELDS: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  ['messages', { type: 'array' }],
  ['model', { type: 'string' }],
  ['stream', { type: 'boolean' }],
  ['stream_options', { type: 'object' }],
  ['temperature', { type: 'number' }],
  ['top_p', { type: 'number' }],
  ['max_tokens', { type: 'number' }],
  ['max_completion_tokens', { type: 'number' }],
  ['stop', { type: 'string or array' }],
  ['seed', { type: 'number' }],
  ['presence_penalty', { type: 'number' }],
  ['frequency_penalty', { type: 'number' }],
  ['response_format', { type: 'object' }],
  ['reasoning_effort', { type: 'string' }],
  ['tools', { type: 'array' }],
  ['tool_choice', { type: 'string or object' }],
  ['parallel_tool_calls', { type: 'boolean' }],
  ['user', { type: 'string' }],
  ['safety_identifier', { type: 'string' }],
  ['n', { type: 'number', harmless: only(1) }],
  ['logprobs', { type: 'boolean', harmless: only(false) }],
  ['top_logprobs', { type: 'number', harmless: never }],
  ['logit_bias', { type: 'object', harmless: (value) => isObject(value) && Object.keys(value).length === 0 }],
  ['modalities', { type: 'array', harmless: (value) => Array.isArray(value) && value.join() === 'text' }],
  ['store', { type: 'boolean', harmless: only(false) }],
  ['service_tier', { type: 'string', harmless: only('auto', 'default') }],
  ['verbosity', { type: 'string', harmless: only('medium') }],
  ['metadata', { type: 'object', harmless: never }],
  ['prompt_cache_key', { type: 'string', harmless: never }],
  ['prompt_cache_options', { type: 'object', harmless: never }],
  ['prompt_cache_retention', { type: 'string', harmless: never }],
  ['moderation', { type: 'object', harmless: never }],
  ['prediction', { type: 'object', harmless: never }],
  ['audio', { type: 'object', harmless: never }],
  ['web_search_options', { type: 'object', harmless: never }],
  ['functions', { type: 'array', harmless: never }],
  ['function_call', { type: 'string or object', harmless: never }],
]);

const INSTEAD: Record<string, string> = {
  functions: " Use 'tools' instead.",
  function_call: " Use 'tool_choice' instead.",
};

/** Refuses a documented field of the wrong JSON type. Fields that the API does not document are left to the upstream, which may know them. */
export function checkTypes(fields: WireObject): void {
  for (const name in fields) {
    const value = fields[name];
    const rule = FIELDS.get(name);
    if (rule !== undefined && given(value) && !hasType(value, rule.type)) {
      throw refuse('invalid_type', `'${name}' must be ${article(rule.type)} ${rule.type}.`, name);
    }
  }
}

/** Refuses by name whatever an answer of the gateway itself (the agent, or a model that does not speak this protocol) cannot honour. */
export function refuseUnsupported(fields: WireObject, model: string): void {
  for (const [name, value] of Object.entries(fields)) {
    const rule = FIELDS.get(name);
    if (rule === undefined) throw refuse('unknown_parameter', `Unknown parameter: '${name}'.`, name);
    if (given(value) && rule.harmless !== undefined && !rule.harmless(value)) {
      const message = `'${name}' with this value is not supported with the model '${model}'. Leave it out.`;
      throw refuse('unsupported_parameter', message + (INSTEAD[name] ?? ''), name);
    }
  }
}

function hasType(value: unknown, type: WireType): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'string or array':
      return typeof value === 'string' || Array.isArray(value);
    case 'string or object':
      return typeof value === 'string' || isObject(value);
    default:
      return typeof value === type;
  }
}

function article(type: WireType): string {
  return /^[aeiou]/.test(type) ? 'an' : 'a';
}
