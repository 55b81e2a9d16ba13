import { findProgram } from './find-program';
import { LeashedProcess } from './leashed-process';
import type { OutputStream, TunnelNews, TunnelProgram } from './tunnel-program';
import { inquire } from './inquiry';

export interface RunEvents {
  /** The tunnel works; called again when its address changes. */
  up(url: string | null): void;
  /** It does not, though the program goes on. */
  down(problem: string): void;
  line(text: string): void;
}

/** One run of the program, from its start to its end. */
export class TunnelRun {
  private process: LeashedProcess | undefined;
  private readonly over = Promise.withResolvers<string>();
  private limit: NodeJS.Timeout | undefined;
  private isUp = false;
  /** Why we end it. */
  private ours: string | undefined;
  private isOver = false;
  /** Why it does not work, in the program's own words. */
  private problem: string | undefined;

  constructor(
    private readonly program: TunnelProgram,
    private readonly events: RunEvents,
    private readonly graceMs: number,
  ) {}

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Resolves with the reason when the program has ended and everything that it started with it. Never rejects. */
  async live(signal: AbortSignal): Promise<string> {
    const { command, env, startLimit } = this.program;
    const file = await findProgram(command, env['PATH'] ?? '');
    if (file === undefined) return `the program "${command}" is not installed, or not in the PATH of the gateway`;
    if (signal.aborted) return 'it was stopped';
    const read = this.program.reader();
    try {
      this.process = new LeashedProcess(
        { ...this.program, command: file },
        { line: (line, stream) => this.read(line, stream, read), end: (reason) => this.over.resolve(reason) },
      );
    } catch (error) {
      // Such as an argument that no system takes.
      return `it could not be started (${(error as Error).message})`;
    }
    this.limit = setTimeout(() => void this.silent(), startLimit);
    const stop = () => void this.end('it was stopped');
    signal.addEventListener('abort', stop, { once: true });
    const reason = await this.over.promise;
    signal.removeEventListener('abort', stop);
    this.isOver = true;
    clearTimeout(this.limit);
    return this.ours ?? (this.problem === undefined ? reason : `${reason}; it said: ${this.problem}`);
  }

  /** Ends the program for a reason of ours. */
  async end(reason: string): Promise<void> {
    this.ours ??= reason;
    clearTimeout(this.limit);
    await this.process?.stop(this.graceMs);
  }

  private read(
    line: string,
    stream: OutputStream,
    reader: (line: string, stream: OutputStream) => TunnelNews | undefined,
  ) {
    this.events.line(line);
    const news = reader(line, stream);
    if (news === undefined) return;
    if (!('state' in news)) this.problem = news.problem;
    else if (news.state === 'up') this.works(news.url);
    else {
      this.problem = news.problem;
      this.isUp = false;
      this.events.down(news.problem);
    }
  }

  private works(url: string | undefined): void {
    clearTimeout(this.limit);
    this.isUp = true;
    this.problem = undefined;
    this.events.up(this.program.url ?? url ?? null);
  }

  private async silent(): Promise<void> {
    const { inquiry, onSilence, startLimit } = this.program;
    const url = inquiry && (await inquire(this.program, inquiry));
    if (this.isUp || this.isOver || this.ours !== undefined) return;
    if (url !== undefined || onSilence === 'accept') this.works(url);
    else
      await this.end(
        `it was not up within ${startLimit / 1_000} s${this.problem === undefined ? '' : `: ${this.problem}`}`,
      );
  }
}
