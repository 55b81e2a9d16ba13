import { isTable } from './toml-document';
import { formatPath } from './toml-path';

/** A value in TOML's notation, on one line. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return formatString(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (isTable(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (entries.length === 0) return '{}';
    return `{ ${entries.map(([key, inner]) => `${formatPath([key])} = ${formatValue(inner)}`).join(', ')} }`;
  }
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return String(value);
}

function formatString(text: string): string {
  // JSON's escapes are TOML's, except that TOML also wants DEL escaped.
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
