import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ReadBuffer } from '@modelcontextprotocol/sdk/shared/stdio.js' with { 'resolution-mode': 'import' };
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js' with { 'resolution-mode': 'import' };
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js' with { 'resolution-mode': 'import' };
import { endGroup } from '../shell/run-command';
import type { ChildProgram } from './server-settings';

/** For a server to leave by itself once its input has ended, and again after it was asked to. */
const GRACE_MS = 1_000;

/**
 * MCP over the standard input and output of a child process, which gets only the given environment and a process group of its own:
 * when the transport closes, everything that the program started ends with it. Each line of stderr goes to `onLog`.
 */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  private child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  private exited: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly program: ChildProgram,
    private readonly incoming: ReadBuffer,
    private readonly onLog: (line: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Rejects when the program cannot be started. */
  async start(): Promise<void> {
    const { command, args, env } = this.program;
    const child = spawn(command, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.on('error', (error) => this.onerror?.(error));
    child.stdout.on('error', (error) => this.onerror?.(error));
    child.stdout.on('data', (chunk: Buffer) => this.read(chunk));
    createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', this.onLog);
    child.once('exit', () => {
      endGroup(child.pid, 'SIGKILL');
      this.onclose?.();
    });
    await once(child, 'spawn');
    child.on('error', (error) => this.onerror?.(error));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const input = this.child?.stdin;
    if (!input?.writable) throw new Error('the program has ended');
    if (!input.write(`${JSON.stringify(message)}\n`)) await Promise.race([once(input, 'drain'), this.exited]);
  }

  /** Ends the input, then asks, then forces; resolves when the program is gone. */
  async close(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    child.stdin.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await Promise.race([this.exited, wait(GRACE_MS, undefined, { ref: false })]);
      if (child.exitCode !== null || child.signalCode !== null) return;
      endGroup(child.pid, signal);
    }
    await this.exited;
  }

  private read(chunk: Buffer): void {
    try {
      this.incoming.append(chunk);
    } catch (error) {
      // Longer than any message may be: what follows cannot be told apart any more.
      this.onerror?.(error as Error);
      endGroup(this.child?.pid, 'SIGKILL');
      return;
    }
    for (;;) {
      try {
        const message = this.incoming.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error as Error);
      }
    }
  }
}
