import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { Lifecycle } from '../platform/lifecycle/lifecycle';
import type { BackgroundWork } from '../platform/lifecycle/lifecycle';
import { SchedulerConfig } from './cron.config';
import './cron.events';
import type { Job, JobRun, RunResult } from './job';
import { JobTasks } from './job-tasks';
import { LEASE_MS, RunBooks } from './run-books';
import { DELETED, STOPPING } from './tasks/task-run';

const RENEW_EVERY_MS = LEASE_MS / 3;
/** A result is offered to a database that does not answer for about a minute; afterwards the run counts as interrupted. */
const SAVE_ATTEMPTS = 30;
const SAVE_PAUSE_MS = 2_000;

interface Running {
  jobId: string;
  abort: AbortController;
  over: Promise<void>;
}

/** The runs of this process, side by side and bounded: one that takes long holds up no other while there is a free place. */
@Injectable()
export class JobRunner implements BackgroundWork {
  private readonly logger = new Logger(JobRunner.name);
  private readonly running = new Map<string, Running>();
  private renewal: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly tasks: JobTasks,
    private readonly books: RunBooks,
    private readonly config: ConfigService,
    lifecycle: Lifecycle,
    events: EventBus,
  ) {
    lifecycle.register(this);
    events.on('cron.job', ({ id, change }) => change === 'removed' && this.end(id));
  }

  get count(): number {
    return this.running.size;
  }

  /** How many more runs may begin now. */
  get free(): number {
    return this.stopping ? 0 : Math.max(0, this.config.get(SchedulerConfig).max_concurrent - this.running.size);
  }

  /** Runs what has been taken up, and writes down how it ended. */
  start(job: Job, run: JobRun): void {
    const abort = new AbortController();
    const over = this.perform(job, run, abort.signal).finally(() => {
      this.running.delete(run.id);
      if (this.running.size === 0) this.rest();
    });
    this.running.set(run.id, { jobId: job.id, abort, over });
    this.renewal ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
  }

  async stop(cut: AbortSignal): Promise<void> {
    this.stopping = true;
    const end = () => {
      for (const { abort } of this.running.values()) abort.abort(STOPPING);
    };
    if (cut.aborted) end();
    else cut.addEventListener('abort', end, { once: true });
    await Promise.all([...this.running.values()].map(({ over }) => over));
  }

  private async perform(job: Job, run: JobRun, signal: AbortSignal): Promise<void> {
    const onAgentRun = (runId: string) =>
      this.books.setAgentRun(run, runId).catch((error: unknown) => {
        this.logger.warn({ err: error, job: job.id }, 'the agent run of a job could not be noted');
      });
    const result = await this.tasks.run({ job, run, signal, onAgentRun });
    await this.save(job, run, result);
  }

  private async save(job: Job, run: JobRun, result: RunResult): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.books.finish(job, run, result);
      } catch (error) {
        if (attempt === 1)
          this.logger.warn({ err: error, job: job.id }, 'the end of a run could not be saved, trying again');
        if (attempt === SAVE_ATTEMPTS || this.stopping) return;
        await wait(SAVE_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  /** A run ends with its job. */
  private end(jobId: string): void {
    for (const one of this.running.values()) if (one.jobId === jobId) one.abort.abort(DELETED);
  }

  private async renew(): Promise<void> {
    try {
      await this.books.renew();
    } catch (error) {
      this.logger.warn({ err: error }, 'the leases of runs could not be renewed, trying again');
    }
  }

  private rest(): void {
    clearInterval(this.renewal);
    this.renewal = undefined;
  }
}
