import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error';
import { ConfigService } from '../../platform/config/config.service';
import type { Principal } from '../../platform/http/principal';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import type { BackgroundWork } from '../../platform/lifecycle/lifecycle';
import { AgentService } from '../agent.service';
import type { SessionKey } from '../session.repository';
import type { TurnRequest } from '../turn';
import type { RecordedRun } from './recorded-run';
import type { Run, RunFrame, RunStatus } from './run';
import { newRunId } from './run';
import type { FrameWatcher } from './run-log';
import { RunLog } from './run-log';
import { RunsConfig } from './runs.config';

/** Which runs to list; the newest come first. */
export interface RunFilter {
  sessionId?: string;
  status?: RunStatus;
  /** Those of all owners; needs `admin`. */
  all?: boolean;
  limit?: number;
  /** Only runs that are listed after this one. */
  before?: string;
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
    private readonly config: ConfigService,
    private readonly lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  /** A turn that nobody's leaving cancels; a stop of the gateway waits for it. Throws 503 while stopping or when there are too many. */
  launch(turn: TurnRequest): LaunchedRun {
    if (this.lifecycle.state === 'draining') throw draining();
    const { max_detached: most } = this.config.get(RunsConfig);
    if (this.launched.size >= most) throw tooMany(most);
    const id = turn.runId ?? newRunId();
    const finished = this.pump({ ...turn, runId: id }).finally(() => this.launched.delete(id));
    this.launched.set(id, finished);
    return { id, finished };
  }

  async get(viewer: Principal, id: string): Promise<Run> {
    return Promise.resolve(this.visible(viewer, id).run);
  }

  async list(viewer: Principal, filter: RunFilter = {}): Promise<Run[]> {
    void viewer;
    void filter;
    return Promise.resolve([]);
  }

  async cancel(viewer: Principal, id: string): Promise<Run> {
    const run = this.visible(viewer, id);
    if (!run.running) throw new AppError(409, 'run.finished', 'The run has ended already; there is nothing to cancel');
    run.cancel(new AppError(499, 'turn.cancelled', 'The turn was cancelled'));
    return Promise.resolve(run.run);
  }

  /**
   * What happened after `afterSeq`, then what happens, to the end of the run. Ends without a word when `signal` is aborted.
   * Throws 404 `run.unknown`, and 410 `run.frames_gone` when not every frame after `afterSeq` is kept any more.
   */
  async *frames(
    viewer: Principal,
    id: string,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<RunFrame, void, undefined> {
    const run = this.visible(viewer, id);
    let bell = Promise.withResolvers<void>();
    const ring = () => bell.resolve();
    run.followers.add(ring);
    signal.addEventListener('abort', ring, { once: true });
    try {
      for (let next = afterSeq + 1; !signal.aborted;) {
        if (next < run.firstSeq) throw framesGone();
        const frame = run.frame(next);
        if (frame) {
          next++;
          yield frame;
        } else if (run.running) {
          await bell.promise;
          bell = Promise.withResolvers();
        } else return;
      }
    } finally {
      run.followers.delete(ring);
      signal.removeEventListener('abort', ring);
    }
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

  private async pump(turn: TurnRequest & { runId: string }): Promise<Run> {
    let run: RecordedRun | undefined;
    for await (const _event of this.agent.run(turn, new AbortController().signal)) run ??= this.log.find(turn.runId);
    return (run as RecordedRun).run;
  }

  private visible(viewer: Principal, id: string): RecordedRun {
    const run = this.log.find(id);
    if (!run || !maySee(viewer, run.turn.owner)) throw unknown();
    return run;
  }
}

function maySee({ id, scopes }: Principal, owner: string): boolean {
  return id === owner || scopes.includes('admin');
}

function unknown(): AppError {
  return new AppError(404, 'run.unknown', 'There is no such run');
}

function framesGone(): AppError {
  return new AppError(
    410,
    'run.frames_gone',
    'The events of this run are not kept any more; GET /api/runs/:id says how it ended, and the session has the answer',
  );
}

function draining(): AppError {
  return new AppError(503, 'gateway.draining', 'The gateway is stopping; send it again to the restarted gateway', {
    retryAfter: 1,
  });
}

function tooMany(most: number): AppError {
  return new AppError(503, 'run.too_many', `${most} runs are on their way already; try again when some have ended`, {
    retryAfter: 5,
  });
}
