import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import type { Principal } from '../../platform/http/principal';
import type { BackgroundWork } from '../../platform/lifecycle/lifecycle';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import { AgentService } from '../agent.service';
import type { SessionKey } from '../session.repository';
import type { TurnRequest } from '../turn';
import type { RunningTurn } from './recorded-run';
import type { Run, RunFrame, RunStatus } from './run';
import { newRunId } from './run';
import { RunBooks } from './run-books';
import { cancelled, draining, elsewhere, finished, framesGone, tooMany, unknown } from './run-errors';
import { followRun } from './run-follower';
import type { FrameWatcher } from './run-log';
import { RunLog } from './run-log';
import { RunsConfig } from './runs.config';

const USUALLY_LISTED = 50;

/** Which runs to list; the newest come first. */
export interface RunFilter {
  sessionId?: string | undefined;
  status?: RunStatus | undefined;
  /** Those of all owners, for admins; anybody else sees their own all the same. */
  all?: boolean | undefined;
  /** 50 when left out. */
  limit?: number | undefined;
  /** Only runs that are listed after the one with this id. */
  before?: string | undefined;
}

/** A run that goes on by itself. */
export interface LaunchedRun {
  id: string;
  /** Never rejects. */
  finished: Promise<Run>;
}

/**
 * The runs of this gateway: start one that lives on its own, look at them, follow one event by event from any place, cancel one. A run is
 * its owner's; admins see all. Foreign and unknown ones are the same 404 `run.unknown`.
 */
@Injectable()
export class RunsService implements BackgroundWork {
  private readonly launched = new Map<string, Promise<Run>>();

  constructor(
    private readonly agent: AgentService,
    private readonly log: RunLog,
    private readonly books: RunBooks,
    private readonly config: ConfigService,
    private readonly lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  /** A turn that nobody's leaving cancels; a stop of the gateway waits for it. Throws 503 while stopping or when there are too many. */
  launch(turn: TurnRequest): LaunchedRun {
    this.assertRoom();
    return this.pursue({ ...turn, runId: turn.runId ?? newRunId() });
  }

  /**
   * Launches a turn that has been written down first: should this process die, another one begins it anew, at the most twice.
   * What its session keeps, it keeps once.
   */
  async promise(turn: TurnRequest): Promise<LaunchedRun> {
    this.assertRoom();
    const runId = turn.runId ?? newRunId();
    const promised = { turnKey: runId, ...turn, runId };
    await this.books.promise(promised);
    return this.pursue(promised);
  }

  /** Begins what processes that died had promised. */
  async takeOver(): Promise<void> {
    if (this.lifecycle.state === 'draining') return;
    for (const turn of await this.books.takeOver()) this.pursue(turn);
  }

  async get(viewer: Principal, id: string): Promise<Run> {
    const run = await this.books.find(id);
    if (!run || !maySee(viewer, run.owner)) throw unknown();
    return run;
  }

  async list(viewer: Principal, filter: RunFilter = {}): Promise<Run[]> {
    const { sessionId, status, all = false, limit = USUALLY_LISTED, before } = filter;
    const owner = all && isAdmin(viewer) ? undefined : viewer.id;
    return this.books.list({ owner, sessionId, status, before }, limit);
  }

  /** Unfinished runs of a session in this process, the oldest first: one runs, the others wait for it. */
  running({ owner, id }: SessionKey): Run[] {
    return this.log.runningIn(owner, id).map(({ run }) => run);
  }

  /** Ends the turn; whoever waits for it is told `turn.cancelled`. Throws 409 `run.finished` or `run.elsewhere`. */
  async cancel(viewer: Principal, id: string): Promise<Run> {
    const run = await this.get(viewer, id);
    if (run.status !== 'running') throw finished(run.status);
    const here = this.log.find(id);
    if (!here) throw elsewhere();
    here.cancel(cancelled());
    return here.run;
  }

  /**
   * What happened after `afterSeq`, then what happens, to the end of the run. Ends without a word when `signal` is aborted.
   * Throws 404 `run.unknown`, 409 `run.elsewhere`, and 410 `run.frames_gone` when not every frame after `afterSeq` is kept any more.
   */
  async *frames(
    viewer: Principal,
    id: string,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<RunFrame, void, undefined> {
    yield* await this.follow(viewer, id, afterSeq, signal);
  }

  /** Like `frames`, but what it throws comes before the first frame is waited for. Undefined when nothing can follow any more. */
  async follow(
    viewer: Principal,
    id: string,
    afterSeq: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<RunFrame, void, undefined>> {
    const run = await this.get(viewer, id);
    const here = this.log.find(id);
    if (here) return followRun(here, afterSeq, signal);
    if (run.status === 'running') throw elsewhere();
    if (afterSeq < run.lastSeq) throw framesGone();
    return nothing();
  }

  /** Frames of every run of the session from now on. Returns what ends it. */
  watchSession({ owner, id }: SessionKey, watcher: FrameWatcher): () => void {
    return this.log.watch(owner, id, watcher);
  }

  /** Waits for what was launched; when the grace period is over it is ended and counts as interrupted. */
  async stop(cut: AbortSignal): Promise<void> {
    const end = () => {
      for (const id of this.launched.keys()) this.log.find(id)?.interrupt(draining());
    };
    if (cut.aborted) end();
    else cut.addEventListener('abort', end, { once: true });
    await Promise.all(this.launched.values());
  }

  private assertRoom(): void {
    if (this.lifecycle.state === 'draining') throw draining();
    const { max_detached: most } = this.config.get(RunsConfig);
    if (this.launched.size >= most) throw tooMany(most);
  }

  private pursue(turn: RunningTurn): LaunchedRun {
    const id = turn.runId;
    const whole = this.pump(turn).finally(() => this.launched.delete(id));
    this.launched.set(id, whole);
    return { id, finished: whole };
  }

  private async pump(turn: RunningTurn): Promise<Run> {
    const events = this.agent.run(turn, new AbortController().signal);
    const first = events.next();
    // The run is open by now, and may be forgotten by the end.
    const recorded = this.log.find(turn.runId);
    await first;
    for await (const _event of events);
    if (!recorded) throw new Error('a turn ran without being recorded');
    return recorded.run;
  }
}

function maySee(viewer: Principal, owner: string): boolean {
  return viewer.id === owner || isAdmin(viewer);
}

function isAdmin({ scopes }: Principal): boolean {
  return scopes.includes('admin');
}

async function* nothing(): AsyncGenerator<RunFrame, void, undefined> {}
