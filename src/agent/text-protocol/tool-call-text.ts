import type { ToolCall } from '../../providers/provider';

/**
 * The text protocol, for models that cannot call tools natively. A call is one element in the model's text:
 *
 *     <tool_call>{"name": "<tool>", "arguments": {…}}</tool_call>
 *
 * and the results come back as one user message:
 *
 *     [Tool results]
 *     <tool_result name="<tool>">
 *     …
 *     </tool_result>
 *
 * This is the only spelling there is.
 */
export const OPENING = '<tool_call>';
export const CLOSING = '</tool_call>';
export const RESULTS = '[Tool results]';

/** Name of a call that could not be read; its arguments are what the model wrote. Such a call is answered with the reason and never run. */
export const UNREADABLE = 'unreadable_tool_call';

export const EXAMPLE = `${OPENING}{"name": "tool_name", "arguments": {"key": "value"}}${CLOSING}`;

/** A call as it was written, without its id. */
export type WrittenCall = Pick<ToolCall, 'name' | 'arguments'>;

/** Reads what stands between the tags. */
export function readCall(body: string): WrittenCall {
  const problem = problemOf(body);
  if (problem !== undefined) return { name: UNREADABLE, arguments: body };
  const { name, arguments: args = {} } = JSON.parse(body) as { name: string; arguments?: object };
  return { name, arguments: JSON.stringify(args) };
}

/** Why a body is no call, as a clause for the model; undefined for one that is. */
export function problemOf(body: string): string | undefined {
  let call: unknown;
  try {
    call = JSON.parse(body);
  } catch (error) {
    return `it is not valid JSON (${(error as Error).message})`;
  }
  if (!isObject(call)) return 'it is not a JSON object';
  const { name, arguments: args } = call;
  if (typeof name !== 'string' || name === '') return 'its "name" must be the name of a tool';
  return args === undefined || isObject(args) ? undefined : 'its "arguments" must be a JSON object';
}

/** A call as the model would have written it. */
export function writeCall({ name, arguments: args }: WrittenCall): string {
  if (name === UNREADABLE) return `${OPENING}${args}${CLOSING}`;
  return `${OPENING}{"name": ${JSON.stringify(name)}, "arguments": ${args.trim() === '' ? '{}' : args}}${CLOSING}`;
}

/** A result as the model reads it. What a tool returned cannot pass for the end of the result or for a result of another tool. */
export function writeResult(name: string, output: string): string {
  return `<tool_result name="${name}">\n${output.replaceAll(/<(\/?tool_result)/g, '<\\$1')}\n</tool_result>`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
