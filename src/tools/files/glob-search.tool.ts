import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import { CallRefused } from '../call-refused';
import { PathGuard } from '../safety/path-guard';
import type { Assessment, Tool, ToolContext, ToolResult } from '../tool';
import { assessPath, orRefused, textArgument } from './file-tool';
import { matchPath } from './glob-pattern';
import { walkFiles } from './walk-files';
import type { WalkEnd } from './walk-files';

const MAX_RESULTS = 1000;
const MAX_ENTRIES = 100_000;
const MAX_MS = 10_000;

/** Finds files of the workspace by their names. */
@RegisterTool()
@Injectable()
export class GlobSearchTool implements Tool {
  readonly name = 'glob_search';
  readonly description =
    'Finds files of the workspace by a pattern and returns their paths in order: * and ? within a name, [a-z], {a,b}, ** for any ' +
    'number of folders ("**/*.md"). Up to 1000 paths, 100 000 files looked at, 10 seconds. Follows no links; leaves out .git, ' +
    'node_modules and files that usually hold secrets.';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      pattern: {
        type: 'string',
        minLength: 1,
        maxLength: 500,
        description: 'Relative to the workspace: "src/**/*.{ts,tsx}".',
      },
    },
    required: ['pattern'],
    additionalProperties: false,
  };

  constructor(private readonly guard: PathGuard) {}

  assess(args: Record<string, unknown>): Promise<Assessment> {
    return assessPath(this.guard, fixedFolder(textArgument(args, 'pattern')), 'read', this.risk);
  }

  execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    return orRefused(async () => {
      const pattern = textArgument(args, 'pattern').replace(/^(?:\.\/)+/, '');
      const folder = fixedFolder(pattern);
      const root = await this.guard.resolve(folder, 'read');
      const isMatch = matcher(pattern);
      const rules = await this.guard.rules();
      const end: WalkEnd = { cut: undefined };
      const limits = {
        maxEntries: MAX_ENTRIES,
        until: performance.now() + MAX_MS,
        signal,
        sensitive: rules.allowSensitive.read,
      };
      const found: string[] = [];
      for await (const path of walkFiles(root, limits, end)) {
        const whole = folder === '.' ? path : `${folder}/${path}`;
        if (isMatch(whole) && found.push(whole) > MAX_RESULTS) break;
      }
      return { success: true, output: listing(found, end) };
    });
  }
}

function matcher(pattern: string): (path: string) => boolean {
  try {
    return matchPath(pattern);
  } catch (error) {
    if (error instanceof RangeError) throw new CallRefused(error.message);
    throw error;
  }
}

/** The folders that a pattern names before its first wildcard; where the search begins. */
export function fixedFolder(pattern: string): string {
  const segments = pattern.split('/');
  const fixed = segments.findIndex((segment) => /[*?[{\\]/.test(segment));
  return segments.slice(0, fixed === -1 ? -1 : fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
}

function listing(found: readonly string[], { cut }: WalkEnd): string {
  if (found.length === 0 && cut === undefined) return 'No files match.';
  const lines = found.slice(0, MAX_RESULTS).sort();
  if (found.length > MAX_RESULTS) lines.push(`[more than ${MAX_RESULTS} files match; use a narrower pattern]`);
  if (cut === 'entries') lines.push(`[stopped after ${MAX_ENTRIES} files; begin the pattern with a folder]`);
  if (cut === 'time') lines.push(`[stopped after ${MAX_MS / 1000} s; begin the pattern with a folder]`);
  return lines.join('\n');
}
