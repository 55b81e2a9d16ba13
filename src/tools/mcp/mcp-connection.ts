import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { redactSecrets } from '../../platform/logging/redact';
import type { ToolContext, ToolResult } from '../tool';
import { callFailure, reasonOf } from './call-failure';
import { LineLog } from './line-log';
import { McpSession } from './mcp-session';
import type { RemoteTool, ToolHost } from './mcp-tool';
import { OfferedTools } from './offered-tools';
import { resultOf } from './result-text';
import type { ServerSettings } from './server-settings';
import type { ToolRegistry } from '../tool.registry';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that lasted this long was a good one: the next pause is short again. */
const STABLE_MS = 30_000;
const PING_EVERY_MS = 30_000;
const PING_MS = 15_000;

/**
 * Keeps one MCP server connected, for as long as the gateway runs: what ends is opened anew after pauses that grow from half a second to a
 * minute. Its tools stay in the registry meanwhile and say why they are off.
 */
export class McpConnection implements ToolHost {
  private readonly logger = new Logger('McpServer');
  private readonly stopping = new AbortController();
  private readonly tools: OfferedTools;
  private readonly lines: LineLog;
  private session: McpSession | undefined;
  private calls = 0;
  private running: Promise<void> | undefined;
  private trouble: string | undefined = 'it is being started';

  constructor(
    private readonly settings: ServerSettings,
    registry: ToolRegistry,
  ) {
    this.tools = new OfferedTools(this, settings, registry);
    this.lines = new LineLog((line) => this.logger.log(`${settings.name}: ${this.redacted(line)}`));
  }

  get name(): string {
    return this.settings.name;
  }

  get risk() {
    return this.settings.risk;
  }

  get problem(): string | undefined {
    return this.trouble;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Takes the tools away and ends what was started for the server. Never rejects. */
  async stop(): Promise<void> {
    this.tools.offer([]);
    this.trouble = 'it is being stopped';
    this.stopping.abort();
    await this.running;
  }

  async call(tool: string, args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    const { session, name } = this;
    const { timeoutMs } = this.settings;
    if (!session) return { success: false, output: `the MCP server ${name} is not connected (${this.trouble})` };
    this.calls++;
    try {
      return resultOf(await session.call(tool, args, { signal, timeoutMs }));
    } catch (error) {
      signal.throwIfAborted();
      const { sentence, broken } = callFailure(error, name, session.hasEnded);
      if (broken !== undefined) session.end(broken);
      return { success: false, output: this.redacted(sentence) };
    } finally {
      this.calls--;
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      const lasted = await this.live(signal);
      if (signal.aborted) return;
      if (lasted >= STABLE_MS) failures = 0;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
      this.logger.warn(`The MCP server ${this.name} is down (${this.trouble}); next try in ${pause / 1_000} s`);
      // Servers that fell together shall not be asked together.
      await wait(pause * (0.8 + Math.random() * 0.4), undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection from beginning to end; resolves with the milliseconds for which it was usable. */
  private async live(signal: AbortSignal): Promise<number> {
    const over = Promise.withResolvers<string>();
    const listener = {
      onTools: (tools: RemoteTool[]) => this.tools.offer(tools),
      onEnd: over.resolve,
      onLog: (line: string) => this.lines.add(line),
    };
    const opened = performance.now();
    let session: McpSession;
    try {
      session = await McpSession.open(this.settings, listener, signal);
    } catch (error) {
      this.lose(reasonOf(error));
      return 0;
    }
    const stop = () => over.resolve('it is being stopped');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const pulse = setInterval(() => void this.feel(session), PING_EVERY_MS).unref();
    this.session = session;
    this.trouble = undefined;
    this.logger.log(`The MCP server ${this.name} is connected, with ${this.tools.size} tools`);
    const why = await over.promise;
    this.lose(why);
    clearInterval(pulse);
    signal.removeEventListener('abort', stop);
    await session.close();
    return performance.now() - opened;
  }

  private lose(why: string): void {
    this.session = undefined;
    const last = this.lines.last;
    this.trouble = this.redacted(last === '' ? why : `${why}; it said: ${last}`);
    this.lines.forget();
  }

  /** A server that is busy with a call may be too busy for this. */
  private async feel(session: McpSession): Promise<void> {
    if (this.calls > 0) return;
    try {
      await session.ping(PING_MS);
    } catch (error) {
      if (this.calls === 0) session.end(`it does not answer: ${reasonOf(error)}`);
    }
  }

  private redacted(text: string): string {
    return redactSecrets(text, this.settings.secrets);
  }
}
