import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import { PathGuard } from '../safety/path-guard';
import type { Assessment, Tool, ToolResult } from '../tool';
import { assessPath, orRefused, textArgument } from './file-tool';
import { replaceOnce } from './replace-once';
import { WorkspaceFiles } from './workspace-files';

/** Changes one place of a text file of the workspace. */
@RegisterTool()
@Injectable()
export class FileEditTool implements Tool {
  readonly name = 'file_edit';
  readonly description =
    'Replaces one piece of text in a file of the workspace. The old text has to occur exactly once; when it does not occur as written, ' +
    'whole lines that differ only in blanks at their ends or in their indentation count too. Files up to 10 MiB.';
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
      old_string: {
        type: 'string',
        minLength: 1,
        maxLength: 100_000,
        description: 'The text to replace, with enough around it to be unique.',
      },
      new_string: { type: 'string', maxLength: 100_000, description: 'What comes in its place.' },
    },
    required: ['path', 'old_string', 'new_string'],
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
      let refused: string | undefined;
      await this.files.edit(path, (text) => {
        const result = replaceOnce(text, textArgument(args, 'old_string'), textArgument(args, 'new_string'));
        refused = result.refused;
        return result.text;
      });
      if (refused !== undefined) return { success: false, output: refused };
      return { success: true, output: `Changed ${path}.` };
    });
  }
}
