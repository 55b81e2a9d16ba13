import { AppError } from '../errors/app-error';
import type { ConfigProblem } from './config-problem';

/** A problem or a warning as the API tells it. */
export interface ConfigRemark {
  /** Dotted; empty when the whole file is meant. */
  key: string;
  /** From 1; null where it is not about a line of the file. */
  line: number | null;
  column: number | null;
  /** `file`, the name of an environment variable, or a flag. */
  from: string;
  message: string;
}

export function remarkOf({ key, origin, reason }: ConfigProblem): ConfigRemark {
  const position = origin.from === 'file' ? origin.position : undefined;
  const from = origin.from === 'environment' || origin.from === 'flag' ? origin.name : 'file';
  return { key, line: position?.line ?? null, column: position?.column ?? null, from, message: reason };
}

/** A warning of the log begins with the place, `<file>:12:1 gateway.prot is not …`. */
export function remarkOfWarning(warning: string, file: string): ConfigRemark {
  const rest = warning.startsWith(`${file}:`) ? warning.slice(file.length + 1) : warning;
  const [whole = '', line, column] = /^(\d+):(\d+) /.exec(rest) ?? [];
  const message = rest.slice(whole.length).trimStart();
  const key = line === undefined ? '' : (/^\S+/.exec(message)?.[0] ?? '');
  return { key, line: line ? Number(line) : null, column: column ? Number(column) : null, from: 'file', message };
}

/** The 400 that names everything, in a sentence and one by one under `problems`. */
export function invalidConfig(problems: readonly ConfigRemark[]): AppError {
  const isSyntax = problems.some(({ message }) => message.startsWith('is not valid TOML'));
  const sentences = problems.map(({ key, line, from, message }) => {
    const place = line === null ? (from === 'file' ? '' : `${from}: `) : `line ${line}: `;
    return `${place}${key ? `${key}: ` : ''}${isSyntax ? message.replace('is not valid TOML: ', '') : message}`;
  });
  const [first] = problems;
  return new AppError(400, 'config.invalid', `Invalid ${isSyntax ? 'TOML' : 'config'}: ${sentences.join('; ')}`, {
    ...(first?.key && { param: first.key }),
    details: { problems },
  });
}
