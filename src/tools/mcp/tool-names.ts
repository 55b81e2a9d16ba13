import { createHash } from 'node:crypto';

const LONGEST = 64;
const HASH_DIGITS = 8;

/**
 * Our names for the tools of a server: `<server>__<tool>`, with `_` for characters that no tool name has. A name that would be too long or
 * that another one of the server has already ends in a hash of the original instead, so it is the same after every start.
 */
export function toolNames(server: string, tools: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  // Names that need no change come first, so that an odd one cannot take them away.
  const faithful = (tool: string) => Number(plain(tool) !== tool);
  for (const tool of [...new Set(tools)].sort((a, b) => faithful(a) - faithful(b))) {
    const whole = `${plain(server)}__${plain(tool)}`;
    const name = whole.length > LONGEST || taken.has(whole) ? hashed(whole, `${server}\n${tool}`) : whole;
    taken.add(name);
    names.set(tool, name);
  }
  return names;
}

function plain(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
}

function hashed(name: string, original: string): string {
  const hash = createHash('sha256').update(original).digest('hex').slice(0, HASH_DIGITS);
  return `${name.slice(0, LONGEST - HASH_DIGITS - 1)}_${hash}`;
}
