import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import { PathGuard } from '../safety/path-guard';
import type { Assessment, Tool, ToolResult } from '../tool';
import { assessPath, orRefused, textArgument } from './file-tool';
import { WorkspaceFiles } from './workspace-files';

const MAX_CHARS = 1_000_000;

/** Writes a whole text file of the workspace. */
@RegisterTool()
@Injectable()
export class FileWriteTool implements Tool {
  readonly name = 'file_write';
  readonly description =
    'Writes a text file of the workspace, whole and at once; what was in it is replaced, missing folders are made. ' +
    'Up to 1 000 000 characters. Not into .git, not over links, and no files that usually hold secrets.';
  readonly risk = 'medium';
  readonly parameters = {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        minLength: 1,
        maxLength: 4096,
        description: 'Relative to the workspace: "notes/today.md".',
      },
      content: { type: 'string', maxLength: MAX_CHARS, description: 'The whole text of the file.' },
    },
    required: ['path', 'content'],
    additionalProperties: false,
  };

  constructor(
    private readonly files: WorkspaceFiles,
    private readonly guard: PathGuard,
  ) {}

  assess(args: Record<string, unknown>): Promise<Assessment> {
    return assessPath(this.guard, textArgument(args, 'path'), 'write', this.risk);
  }

  execute(args: Record<string, unknown>): Promise<ToolResult> {
    return orRefused(async () => {
      const path = textArgument(args, 'path');
      const content = textArgument(args, 'content');
      const isNew = await this.files.write(path, content);
      const bytes = Buffer.byteLength(content);
      return { success: true, output: `${isNew ? 'Made' : 'Replaced'} ${path} (${bytes} bytes).` };
    });
  }
}
