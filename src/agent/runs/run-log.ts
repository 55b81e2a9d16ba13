import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import '../agent.events';
import type { DoneEvent, ErrorEvent } from '../turn';
import { askedIn } from './asked';
import type { CancelTurn, RunningTurn, TurnEnd } from './recorded-run';
import { RecordedRun, sessionKeyOf } from './recorded-run';
import type { RunError, RunEvent, RunFrame } from './run';
import { RunsConfig } from './runs.config';

/** Called with every frame of a session's runs. */
export type FrameWatcher = (frame: RunFrame) => void;

/**
 * What happens in this process' runs, as it happens: `AgentService` writes, whoever follows reads. It is on the path of every turn, so
 * recording an event costs an object and an entry in a list. Bounded in bytes, per run and as a whole; finished runs are forgotten first.
 */
@Injectable()
export class RunLog {
  /** Told of every run that begins and of every one that has ended. */
  onChange: ((run: RecordedRun) => void) | undefined;
  private readonly logger = new Logger(RunLog.name);
  private readonly runs = new Map<string, RecordedRun>();
  /** The oldest first. */
  private readonly finished = new Set<RecordedRun>();
  private readonly sessions = new Map<string, Set<FrameWatcher>>();
  private bytes = 0;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  /**
   * @param model `provider/model` that is asked first
   * @param cancel ends the turn with this reason
   */
  open(turn: RunningTurn, model: string, cancel: CancelTurn): RecordedRun {
    const { max_run_kb: kilobytes, max_total_mb: megabytes } = this.config.get(RunsConfig);
    const limits = { run: kilobytes * 1024, all: megabytes * 1024 * 1024 };
    const run = new RecordedRun(turn, this.clock.now(), limits, cancel);
    this.runs.set(run.id, run);
    this.bytes += run.bytes;
    const { door, owner, sessionId } = turn;
    this.events.emit('turn.started', { door, runId: run.id, owner, sessionId, model });
    this.onChange?.(run);
    this.add(run, { type: 'user_message', content: askedIn(turn) });
    return run;
  }

  add(run: RecordedRun, event: RunEvent): void {
    const before = run.bytes;
    const frame = run.add(event, this.clock.now());
    this.bytes += run.bytes - before;
    if (run.bytes > run.limits.run || this.bytes > run.limits.all) this.makeRoom(run);
    if (run.followers) for (const follower of run.followers) follower();
    if (run.sessionKey !== undefined && this.sessions.size > 0) this.show(run.sessionKey, frame);
  }

  /** The last event, and the end of the run. */
  close(run: RecordedRun, last: DoneEvent | ErrorEvent, { outcome, model, usage }: Omit<TurnEnd, 'error'>): void {
    const error = last.type === 'error' ? errorOf(last.error) : undefined;
    run.finish({ outcome, model, usage, error }, this.clock.now());
    this.finished.add(run);
    this.add(run, last.type === 'error' ? { type: 'error', ...errorOf(last.error) } : last);
    const { door, owner, sessionId } = run;
    this.events.emit('turn.finished', {
      door,
      runId: run.id,
      owner,
      sessionId,
      outcome,
      stopped: last.type === 'done' ? last.stopped : undefined,
      error,
      durationMs: run.age,
      model,
      usage,
    });
    this.onChange?.(run);
  }

  /** Undefined when it ran elsewhere, or has been forgotten. */
  find(id: string): RecordedRun | undefined {
    return this.runs.get(id);
  }

  /** The unfinished runs of a session, the oldest first. */
  runningIn(owner: string, sessionId: string): RecordedRun[] {
    const key = sessionKeyOf(owner, sessionId);
    return [...this.runs.values()].filter((run) => run.running && run.sessionKey === key);
  }

  /** From now on. Returns what ends it. A watcher that throws is logged. */
  watch(owner: string, sessionId: string, watcher: FrameWatcher): () => void {
    const key = sessionKeyOf(owner, sessionId);
    const watchers = this.sessions.get(key) ?? new Set();
    this.sessions.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.sessions.get(key) === watchers) this.sessions.delete(key);
    };
  }

  /** Shows a session's watchers a frame, whatever run it belongs to. */
  show(sessionKey: string, frame: RunFrame): void {
    for (const watcher of this.sessions.get(sessionKey) ?? []) {
      try {
        watcher(frame);
      } catch (error) {
        this.logger.error({ err: error }, 'a watcher of a session failed');
      }
    }
  }

  /** Forgets runs that finished long enough ago. */
  forgetOld(): void {
    const before = this.clock.now() - this.config.get(RunsConfig).replay_secs * 1000;
    for (const run of this.finished) {
      if ((run.finishedAt ?? 0) > before) return;
      this.forget(run);
    }
  }

  private makeRoom(run: RecordedRun): void {
    if (run.bytes > run.limits.run) this.shorten(run);
    if (this.bytes <= run.limits.all) return;
    for (const old of this.finished) {
      if (old !== run) this.forget(old);
      if (this.bytes <= run.limits.all) return;
    }
    this.shorten(run);
  }

  private shorten(run: RecordedRun): void {
    const before = run.bytes;
    run.forgetOld();
    this.bytes += run.bytes - before;
  }

  private forget(run: RecordedRun): void {
    this.finished.delete(run);
    this.runs.delete(run.id);
    this.bytes -= run.bytes;
  }
}

/** What a client may know of a failure. */
function errorOf(error: Error): RunError {
  if (!(error instanceof AppError)) return { code: 'internal', message: 'Something went wrong inside the gateway' };
  const { code, message, options } = error;
  return { code, message, ...(options.retryAfter !== undefined && { retryAfter: options.retryAfter }) };
}
