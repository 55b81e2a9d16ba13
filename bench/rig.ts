/** Everything that runs during a bench, and the one way to put load on a part of it. */
import type { ChildProcess } from 'node:child_process';
import type { LoadMode, LoadResult } from './load.process.ts';
import { cpuSeconds, Worker } from './processes.ts';
import { startGateway } from './gateway.ts';
import { startPortkey } from './portkey.ts';
import type { StubCounts } from './stub.process.ts';

/** Something that answers POST /v1/chat/completions. */
export interface Candidate {
  name: string;
  child: ChildProcess;
  port: number;
  headers: Record<string, string>;
}

export interface Shape {
  path: string;
  body: string;
  /** How a complete answer ends. */
  endsWith: string;
}

export interface RoundResult extends LoadResult {
  /** Milliseconds of CPU that the candidate used per request: tells the same as the rate, but does not suffer from neighbours. */
  cpuMs: number;
}

export class Rig {
  readonly notes = new Set<string>();
  readonly direct: Candidate;
  readonly bare: Candidate;
  readonly gateway: Candidate;
  readonly portkey: Candidate | undefined;
  private readonly load: Worker;
  private readonly stub: Worker;

  private constructor(load: Worker, stub: Worker, bare: Candidate, gateway: Candidate, portkey?: Candidate) {
    this.load = load;
    this.stub = stub;
    this.direct = { name: 'direct', child: stub.child, port: stub.port, headers: {} };
    this.bare = bare;
    this.gateway = gateway;
    this.portkey = portkey;
  }

  static async start(withPortkey: boolean, say: (line: string) => void): Promise<Rig> {
    const load = await Worker.start('load', './load.process.ts');
    const stub = await Worker.start('load', './stub.process.ts');
    const token = 'bare-token';
    const bare = await Worker.start('proxy', './bare.process.ts', [`http://127.0.0.1:${stub.port}`, token]);
    const gateway = await startGateway(stub.port);
    gateway.child.stdout?.resume();
    gateway.child.stderr?.resume();
    const portkey = withPortkey ? await startPortkey(stub.port, say) : undefined;
    return new Rig(
      load,
      stub,
      { name: 'bare', child: bare.child, port: bare.port, headers: { authorization: `Bearer ${token}` } },
      { name: 'gateway', ...gateway },
      portkey && { name: 'portkey', ...portkey },
    );
  }

  get upstreamPort(): number {
    return this.stub.port;
  }

  async run(to: Candidate, shape: Shape, mode: LoadMode): Promise<RoundResult> {
    await this.stub.ask();
    const before = { at: performance.now(), proxy: cpuSeconds(to.child), stub: cpuSeconds(this.stub.child) };
    const request = { ...shape, port: to.port, headers: to.headers };
    const result = await this.load.ask<LoadResult>({ request, mode });
    const seconds = (performance.now() - before.at) / 1000;
    const { requests } = await this.stub.ask<StubCounts>();
    if (result.errors > 0) this.notes.add(`${to.name}: ${result.errors} errors, the first: ${result.firstError}`);
    if (requests < result.requests)
      this.notes.add(`${to.name}: only ${requests} of ${result.requests} reached the upstream`);
    const used = cpuSeconds(to.child) - before.proxy;
    if (mode.kind === 'closed' && mode.connections > 1 && seconds > 0.6) {
      this.judge(to, used / seconds, { stub: (cpuSeconds(this.stub.child) - before.stub) / seconds, load: result.cpu });
    }
    return { ...result, cpuMs: (used * 1000) / result.requests };
  }

  /** A figure is only worth something when the proxy was the one thing that had nothing left to give. */
  private judge(to: Candidate, proxy: number, own: { stub: number; load: number }): void {
    if (to === this.direct || Number.isNaN(proxy)) return;
    if (own.stub + own.load > 0.9) {
      this.notes.add(`${to.name}: load generator and stub had no core time left; its real figure is higher`);
    } else if (proxy < 0.85) {
      this.notes.add(`${to.name}: got only part of its core in some round; something else is using this machine`);
    }
  }
}
