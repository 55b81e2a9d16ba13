import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import { PathGuard } from '../safety/path-guard';
import type { Assessment, Tool, ToolResult } from '../tool';
import { assessPath, orRefused, textArgument } from './file-tool';
import { WorkspaceFiles } from './workspace-files';

const MAX_LINES = 2000;
const MAX_LINE_CHARS = 2000;

/** Shows a text file of the workspace with line numbers. */
@RegisterTool()
@Injectable()
export class FileReadTool implements Tool {
  readonly name = 'file_read';
  readonly description =
    'Reads a text file of the workspace and returns its lines with their numbers, 2000 lines at a time. Files up to 10 MiB; ' +
    'no folders, no binary files, and none that usually hold secrets. Longer lines are cut after 2000 characters.';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        minLength: 1,
        maxLength: 4096,
        description: 'Relative to the workspace: "notes/today.md".',
      },
      offset: { type: 'integer', minimum: 1, description: 'The first line wanted, counted from 1.' },
      limit: { type: 'integer', minimum: 1, maximum: MAX_LINES, description: 'How many lines.' },
    },
    required: ['path'],
    additionalProperties: false,
  };

  constructor(
    private readonly files: WorkspaceFiles,
    private readonly guard: PathGuard,
  ) {}

  assess(args: Record<string, unknown>): Promise<Assessment> {
    return assessPath(this.guard, textArgument(args, 'path'), 'read', this.risk);
  }

  execute(args: Record<string, unknown>): Promise<ToolResult> {
    return orRefused(async () => {
      const text = await this.files.read(textArgument(args, 'path'));
      const first = Number(args['offset'] ?? 1);
      return excerpt(text, first, Number(args['limit'] ?? MAX_LINES));
    });
  }
}

function excerpt(text: string, first: number, limit: number): ToolResult {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return { success: true, output: '[the file is empty]' };
  if (first > lines.length) {
    return { success: false, output: `the file has ${lines.length} lines; there is no line ${first}` };
  }
  const wanted = lines.slice(first - 1, first - 1 + limit);
  const shown = wanted.map((line, index) => `${first + index}: ${cut(line)}`);
  const rest = lines.length - (first - 1 + wanted.length);
  if (rest > 0) shown.push(`[${rest} more lines; go on with offset ${first + wanted.length}]`);
  return { success: true, output: shown.join('\n') };
}

function cut(line: string): string {
  return line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line;
}
