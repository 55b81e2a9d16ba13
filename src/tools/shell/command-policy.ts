import { basename, isAbsolute, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { AutonomyConfig } from '../safety/autonomy.config';
import { CallRefused } from '../call-refused';
import { PathGuard } from '../safety/path-guard';
import type { PathIntent } from '../safety/path-policy';
import { Workspace, expandHome } from '../safety/workspace';
import type { ToolRisk } from '../tool';
import type { RefusalReason } from '../tool.events';
import { refusedArguments } from './command-arguments';
import { pathsIn } from './command-paths';
import { commandRisk } from './command-risk';
import { expandGlobs } from './expand-globs';
import { formatCommandLine, parseCommandLine } from './shell-words';

/** A command that may run, as the line for `sh -c` that says exactly what was judged. */
export interface JudgedCommand {
  line: string;
  risk: ToolRisk;
}

/** A command that never runs. */
export interface RefusedCommand {
  refused: RefusalReason;
  explanation: string;
}

const RISKS: readonly ToolRisk[] = ['low', 'medium', 'high'];
const MAX_NAME_BYTES = 255;
/** What writes to the files it names. */
const WRITES = new Set(['touch', 'mkdir', 'mv', 'cp', 'ln', 'rm', 'rmdir', 'truncate', 'install', 'chmod', 'chown']);

/**
 * Judges a command line: its syntax, each program against `allowed_commands`, each argument, each path. Judge right before running:
 * what the disk looks like is part of the verdict.
 */
@Injectable()
export class CommandPolicy {
  constructor(
    private readonly config: ConfigService,
    private readonly workspace: Workspace,
    private readonly guard: PathGuard,
  ) {}

  async judge(text: string): Promise<JudgedCommand | RefusedCommand> {
    const { line, refused } = parseCommandLine(text);
    if (refused !== undefined) return { refused: 'command', explanation: refused };
    const commands: string[][] = [];
    let risk: ToolRisk = 'low';
    for (const command of line.commands) {
      try {
        const words = await expandGlobs(command, this.guard);
        const reason = this.notAllowed(words[0] ?? '') ?? refusedArguments(words);
        if (reason !== undefined) return { refused: 'command', explanation: reason };
        const own = commandRisk(words);
        if (own === 'high' && this.config.get(AutonomyConfig).block_high_risk_commands) return highRisk(words[0] ?? '');
        await this.assertPaths(words);
        risk = worse(risk, own);
        commands.push(words);
      } catch (error) {
        if (!(error instanceof CallRefused)) throw error;
        return { refused: 'path', explanation: error.message };
      }
    }
    return { line: formatCommandLine(commands, line.operators), risk };
  }

  private notAllowed(program: string): string | undefined {
    const { allowed_commands: allowed } = this.config.get(AutonomyConfig);
    const isPath = program.includes('/');
    const isAllowed = isPath
      ? allowed.some((entry) => entry.includes('/') && this.absolute(entry) === this.absolute(program))
      : allowed.includes(program) || allowed.includes('*');
    if (isAllowed) return undefined;
    const known = allowed.length > 0 ? `allowed are: ${allowed.slice(0, 64).join(', ')}` : 'no command is allowed';
    return `the command ${JSON.stringify(program.slice(0, 100))} is not in [autonomy] allowed_commands; ${known}`;
  }

  private absolute(program: string): string {
    return isAbsolute(program) ? resolve(program) : resolve(this.workspace.path, expandHome(program));
  }

  private async assertPaths(words: readonly string[]): Promise<void> {
    const { paths, refused } = pathsIn(words);
    if (refused !== undefined) throw new CallRefused(refused);
    const intents: PathIntent[] = WRITES.has(basename(words[0] ?? '')) ? ['write', 'read'] : ['read'];
    for (const path of paths) for (const intent of intents) await this.assertPath(path, intent);
  }

  private async assertPath(path: string, intent: PathIntent): Promise<void> {
    // No file can have such a name: it is something else, such as the message of a commit.
    if (path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) return;
    await this.guard.resolve(path, intent);
  }
}

function highRisk(program: string): RefusedCommand {
  return {
    refused: 'high_risk',
    explanation: `${program} is a high-risk command, and those are refused ([autonomy] block_high_risk_commands); find another way`,
  };
}

function worse(a: ToolRisk, b: ToolRisk): ToolRisk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b;
}
