import { createHash } from 'node:crypto';
import type { ToolRisk } from '../tool';

/** A call that a person has to allow. */
export interface AskedCall {
  owner: string;
  sessionId: string | undefined;
  door: string;
  tool: string;
  args: Record<string, unknown>;
  risk: ToolRisk;
  reason: string;
}

/** Characters of one text of the arguments that a person is shown. No command is longer. */
const SHOWN_CHARS = 4000;
/** And of all of them together. */
const SHOWN_TOTAL = 65_536;

/** The same for the same call: who, where, what, and the arguments whatever the order of their keys. */
export function hashCall({ owner, sessionId, tool, args }: AskedCall): string {
  return createHash('sha256')
    .update(canonicalJson([owner, sessionId ?? null, tool, args]))
    .digest('hex');
}

/** The arguments as JSON for a person to judge: without secrets, and without characters that show something else than what is there. */
export function shownArguments(args: Record<string, unknown>, redact: (text: string) => string): string {
  const shown = JSON.stringify(args, (name, value: unknown) =>
    typeof value === 'string' ? visible(cut(redactNamed(name, value, redact))) : value,
  );
  if (shown.length <= SHOWN_TOTAL) return shown;
  return JSON.stringify({ too_long_to_show: `${shown.length} characters` });
}

/** What stands under the name `password` is one, whatever it looks like. */
function redactNamed(name: string, value: string, redact: (text: string) => string): string {
  const head = `${name}: `;
  const clean = redact(head + value);
  return clean.startsWith(head) ? clean.slice(head.length) : redact(value);
}

function cut(text: string): string {
  if (text.length <= SHOWN_CHARS) return text;
  return `${text.slice(0, SHOWN_CHARS)}… [${text.length - SHOWN_CHARS} more characters]`;
}

/** Characters that steer terminals, turn the direction of writing or are not seen at all are written out. */
function visible(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
