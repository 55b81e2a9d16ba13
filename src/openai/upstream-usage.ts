import type { Usage } from '../providers/provider';

const USAGE_KEY = Buffer.from('"usage"');

/**
 * The token counts of a chat completion or of the last chunk of a stream, found without parsing what surrounds them.
 * Undefined when there are none. Inside a JSON string quotes are escaped, so what a model says cannot be mistaken for them.
 */
export function readUsage(bytes: Buffer): Usage | undefined {
  for (let at = bytes.lastIndexOf(USAGE_KEY); at !== -1; at = at === 0 ? -1 : bytes.lastIndexOf(USAGE_KEY, at - 1)) {
    const usage = parseAt(bytes, at + USAGE_KEY.length);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

/** Hosts add fields of their own; a usage object is still far below this. */
const LONGEST_USAGE = 2_048;

function parseAt(bytes: Buffer, from: number): Usage | undefined {
  const text = bytes.toString('latin1', from, from + LONGEST_USAGE);
  const object = /^\s*:\s*\{((?:[^{}]|\{[^{}]*\})*)\}/.exec(text)?.[1];
  if (object === undefined) return undefined;
  const inputTokens = count(object, 'prompt_tokens');
  const outputTokens = count(object, 'completion_tokens');
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cachedInputTokens = count(object, 'cached_tokens');
  const reasoningTokens = count(object, 'reasoning_tokens');
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

const PATTERNS = new Map(
  ['prompt_tokens', 'completion_tokens', 'cached_tokens', 'reasoning_tokens'].map((name) => [
    name,
    new RegExp(`"${name}"\\s*:\\s*(\\d+)`),
  ]),
);

function count(object: string, name: string): number | undefined {
  const digits = PATTERNS.get(name)?.exec(object)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
