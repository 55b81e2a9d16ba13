import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { endGroup } from '../tools/shell/run-command';
import type { OutputStream, TunnelProgram } from './tunnel-program';

/** Of one line; the rest of it is thrown away. */
const LONGEST_LINE = 4_096;
/** What left the group may keep the pipes open for ever. */
const CLOSE_MS = 1_000;

/**
 * The program takes the place of the shell, so it has our child's id. Beside it, in the same process group, somebody waits for the end of our
 * pipe: it ends when the gateway does, also when that is killed, and then the group goes.
 */
const LEASH = `
exec 3<&0 </dev/null
{ trap '' TERM; cat <&3; kill -TERM 0; sleep 2; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

export interface LeashedEvents {
  line(text: string, stream: OutputStream): void;
  /** Once, when it has ended and its output was read, or when it could not be started. */
  end(reason: string): void;
}

/** A program in a process group of its own that never outlives the gateway. Its output is read to the end, however much there is. */
export class LeashedProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly over = Promise.withResolvers<void>();
  private kill: NodeJS.Timeout | undefined;
  private unclosed: NodeJS.Timeout | undefined;

  constructor({ command, args, env }: Pick<TunnelProgram, 'command' | 'args' | 'env'>, events: LeashedEvents) {
    const words = ['-c', LEASH, 'zeroclaw-tunnel', command, ...args];
    this.child = spawn('/bin/sh', words, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', () => undefined);
    readLines(this.child.stdout, (line) => events.line(line, 'stdout'));
    readLines(this.child.stderr, (line) => events.line(line, 'stderr'));
    let reason = 'it ended';
    const finish = () => {
      clearTimeout(this.kill);
      clearTimeout(this.unclosed);
      this.over.resolve();
      events.end(reason);
    };
    this.child.once('error', (error) => {
      reason = `it could not be started (${error.message})`;
      finish();
    });
    this.child.once('exit', (code, signal) => {
      reason = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
      // What it left behind, and the leash.
      endGroup(this.child.pid, 'SIGKILL');
      this.unclosed = setTimeout(() => {
        this.child.stdout.destroy();
        this.child.stderr.destroy();
      }, CLOSE_MS);
    });
    this.child.once('close', finish);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks the whole group to end, forces it after `graceMs`; resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    endGroup(this.child.pid, 'SIGTERM');
    this.kill ??= setTimeout(() => endGroup(this.child.pid, 'SIGKILL'), graceMs);
    await this.over.promise;
  }
}

function readLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => undefined);
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) take(line.slice(0, LONGEST_LINE));
  });
  stream.on('end', () => rest !== '' && take(rest));
}
