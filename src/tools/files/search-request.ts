import { CallRefused } from '../call-refused';
import type { SearchTask } from './line-search';
import { matchPath } from './glob-pattern';
import { textArgument } from './file-tool';

export type OutputMode = 'content' | 'files_with_matches' | 'count';

/** What a call of content_search wants. */
export interface SearchRequest {
  task: SearchTask;
  path: string;
  mode: OutputMode;
  maxResults: number;
  /** Whether a file, relative to the folder that is searched, is wanted at all. */
  includes: (path: string) => boolean;
}

export const MAX_RESULTS = 1000;

/** Reads arguments that fit the schema. Throws CallRefused for a pattern that is none. */
export function readSearch(args: Record<string, unknown>): SearchRequest {
  const multiline = args['multiline'] === true;
  const inline = textArgument(args, 'pattern').startsWith('(?i)');
  const pattern = textArgument(args, 'pattern').replace(/^\(\?i\)/, '');
  const flags = `${multiline ? 'gm' : ''}${args['case_sensitive'] === false || inline ? 'i' : ''}`;
  return {
    task: {
      pattern,
      flags: compilable(pattern, flags),
      multiline,
      before: Number(args['context_before'] ?? 0),
      after: Number(args['context_after'] ?? 0),
    },
    path: textArgument(args, 'path') || '.',
    mode: (textArgument(args, 'output_mode') || 'content') as OutputMode,
    maxResults: Number(args['max_results'] ?? MAX_RESULTS),
    includes: includes(textArgument(args, 'include')),
  };
}

/** A name alone means that name in any folder. */
function includes(pattern: string): (path: string) => boolean {
  if (pattern === '') return () => true;
  try {
    return matchPath(pattern.includes('/') ? pattern : `**/${pattern}`);
  } catch (error) {
    if (error instanceof RangeError) throw new CallRefused(error.message);
    throw error;
  }
}

/** With Unicode where the pattern allows it. */
function compilable(pattern: string, flags: string): string {
  try {
    return new RegExp(pattern, `${flags}u`).flags;
  } catch {
    try {
      return new RegExp(pattern, flags).flags;
    } catch (error) {
      throw new CallRefused(`the pattern is no regular expression: ${(error as Error).message}`);
    }
  }
}
