import { AppError } from '../errors/app-error';
import type { Position } from './toml-document';

/** Where a value came from. */
export type Origin =
  | { from: 'file'; position?: Position }
  | { from: 'environment'; name: string }
  | { from: 'flag'; name: string }
  | { from: 'default' };

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Dotted path of the key; empty when the whole file is meant. */
  key: string;
  origin: Origin;
  /** "found 70000, allowed: a whole number from 0 to 65535" */
  reason: string;
}

/** `/etc/zeroclaw/config.toml:12:1 gateway.port: found …, allowed: …` */
export function formatProblem(problem: ConfigProblem, file: string): string {
  const key = problem.key ? ` ${problem.key}:` : '';
  return `${formatPlace(problem.origin, file)}${key} ${problem.reason}`;
}

function formatPlace(origin: Origin, file: string): string {
  switch (origin.from) {
    case 'environment':
      return `environment variable ${origin.name}:`;
    case 'flag':
      return `option ${origin.name}:`;
    default: {
      const position = origin.from === 'file' ? origin.position : undefined;
      return position ? `${file}:${position.line}:${position.column}` : `${file}:`;
    }
  }
}

/** For sorting: what does not stand in the file comes first. */
export function lineOf({ origin }: ConfigProblem): number {
  return origin.from === 'file' ? (origin.position?.line ?? 0) : 0;
}

/** The configuration cannot be used. The message names every problem in a line of its own and is fit for a terminal. */
export class ConfigError extends AppError {
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const lines = problems.map((problem) => `  ${formatProblem(problem, file)}`);
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    super(500, 'config.invalid', `The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** A value as a person wrote it, cut to a line; the words of a secret are never shown. */
export function showValue(value: unknown, secret = false): string {
  if (Array.isArray(value)) return secret ? `a list of ${value.length}` : cut(JSON.stringify(value));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return 'a table';
  if (secret)
    return typeof value === 'string'
      ? 'text (not shown: it is a secret)'
      : `a ${typeof value} (not shown: it is a secret)`;
  return typeof value === 'string' ? cut(JSON.stringify(value)) : String(value);
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
