import { lstat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import { CallRefused } from '../call-refused';
import { PathGuard } from '../safety/path-guard';
import { shownPath } from '../safety/path-policy';
import type { Assessment, Tool, ToolContext, ToolResult } from '../tool';
import { assessPath, orRefused, textArgument } from './file-tool';
import { LineSearch } from './line-search';
import { readSearch, MAX_RESULTS } from './search-request';
import type { SearchRequest } from './search-request';
import { SearchReport } from './search-report';
import { walkFiles } from './walk-files';
import type { WalkEnd } from './walk-files';
import { WorkspaceFiles } from './workspace-files';

const MAX_MS = 30_000;
const MAX_ENTRIES = 100_000;
const MOST_AT_ONCE = 4;

/** Finds lines in the files of the workspace. */
@RegisterTool()
@Injectable()
export class ContentSearchTool implements Tool {
  readonly name = 'content_search';
  readonly description =
    'Finds lines in the text files of the workspace by a JavaScript regular expression. Up to 1000 results, 1 MiB, 30 seconds, files of ' +
    '10 MiB; longer lines are cut after 500 characters. Follows no links; leaves out .git, node_modules, binary files and files that ' +
    'usually hold secrets.';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      pattern: { type: 'string', minLength: 1, maxLength: 1000, description: 'For example "TODO|FIXME".' },
      path: {
        type: 'string',
        maxLength: 4096,
        description: 'A folder or file to search in. The whole workspace when left out.',
      },
      include: {
        type: 'string',
        maxLength: 500,
        description: 'Only files whose name or path matches: "*.ts", "src/**/*.md".',
      },
      output_mode: {
        type: 'string',
        enum: ['content', 'files_with_matches', 'count'],
        description: 'content: the lines (default). files_with_matches: paths. count: matching lines per file.',
      },
      case_sensitive: { type: 'boolean', description: 'True when left out.' },
      multiline: { type: 'boolean', description: 'Matches may go over several lines. False when left out.' },
      context_before: { type: 'integer', minimum: 0, maximum: 50, description: 'Lines shown before each match.' },
      context_after: { type: 'integer', minimum: 0, maximum: 50, description: 'Lines shown after each match.' },
      max_results: { type: 'integer', minimum: 1, maximum: MAX_RESULTS, description: 'Matching lines, or files.' },
    },
    required: ['pattern'],
    additionalProperties: false,
  };

  private running = 0;

  constructor(
    private readonly guard: PathGuard,
    private readonly files: WorkspaceFiles,
  ) {}

  assess(args: Record<string, unknown>): Promise<Assessment> {
    return assessPath(this.guard, textArgument(args, 'path') || '.', 'read', this.risk);
  }

  execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    return orRefused(async () => {
      const request = readSearch(args);
      if (this.running >= MOST_AT_ONCE) return { success: false, output: 'too many searches run at once; try again' };
      this.running++;
      const timeout = AbortSignal.timeout(MAX_MS);
      const search = new LineSearch(request.task, AbortSignal.any([signal, timeout]));
      const report = new SearchReport(request.mode, request.maxResults);
      try {
        await this.searchAll(request, search, report, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!timeout.aborted) throw error;
        report.note(
          `stopped after ${MAX_MS / 1000} s; narrow the search with path or include, or use a simpler pattern`,
        );
      } finally {
        this.running--;
        await search.close();
      }
      return { success: true, output: report.text() };
    });
  }

  private async searchAll(
    request: SearchRequest,
    search: LineSearch,
    report: SearchReport,
    signal: AbortSignal,
  ): Promise<void> {
    const root = await this.guard.resolve(request.path, 'read');
    const { workspace, allowSensitive } = await this.guard.rules();
    const end: WalkEnd = { cut: undefined };
    const limits = {
      maxEntries: MAX_ENTRIES,
      until: performance.now() + MAX_MS,
      signal,
      sensitive: allowSensitive.read,
    };
    const isFolder = (await lstat(root).catch(() => missing(request.path))).isDirectory();
    for await (const path of isFolder ? walkFiles(root, limits, end) : ['']) {
      if (isFolder && !request.includes(path)) continue;
      const whole = isFolder ? `${root}/${path}` : root;
      const text = await this.readable(whole, !isFolder);
      if (text === undefined) continue;
      report.add(shownPath(whole, workspace), await search.search(text, report.wanted));
      if (report.isFull) return;
    }
    if (end.cut !== undefined)
      report.note(`stopped after ${MAX_ENTRIES} files or ${MAX_MS / 1000} s; narrow the search with path`);
  }

  /** Undefined for what a search passes over: binary and very large files, links, what vanished meanwhile. */
  private async readable(path: string, isAskedFor: boolean): Promise<string | undefined> {
    try {
      return await this.files.read(path);
    } catch (error) {
      if (error instanceof CallRefused && !isAskedFor) return undefined;
      throw error;
    }
  }
}

function missing(path: string): never {
  throw new CallRefused(`${JSON.stringify(path)} does not exist`);
}
