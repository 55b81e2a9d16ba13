import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { CronConfig } from './cron.config';
import './cron.events';
import type { Job, JobRun, RunResult } from './job';
import { JobRepository } from './job.repository';
import type { Claim } from './run.repository';
import { RunRepository } from './run.repository';

/** Time for which a process is believed to live without renewing. */
export const LEASE_MS = 30_000;

/** The records of runs: each change is in the database before it is announced, and histories stay short. */
@Injectable()
export class RunBooks {
  /** This process, as the holder of runs. */
  private readonly holder = randomUUID();

  constructor(
    private readonly runs: RunRepository,
    private readonly jobs: JobRepository,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {}

  /**
   * Takes up the due time of a job, see RunRepository.claim. With `skip` the time is only noted as left out.
   * Undefined when there is nothing to take up any more.
   */
  async take(job: Job, following: number | undefined, skip?: string): Promise<JobRun | undefined> {
    const run = await this.runs.claim(job, following, this.claim(), skip);
    if (!run) return undefined;
    this.announce(job, run);
    if (run.status !== 'skipped') return run;
    await this.trim(job.id);
    return undefined;
  }

  /** Takes the due time up without a run, and the job is off from now on. */
  async disable(job: Job, reason: string): Promise<void> {
    await this.take(job, undefined, reason);
    const { id, owner, task } = job;
    this.events.emit('cron.job', { id, owner, kind: task.kind, change: 'disabled', by: undefined });
  }

  /** A run beside the schedule; undefined when the job runs already and may not twice. */
  async begin(job: Job): Promise<JobRun | undefined> {
    const run = await this.runs.begin(job, this.claim());
    if (run) this.announce(job, run);
    return run;
  }

  async setAgentRun(run: JobRun, runId: string): Promise<void> {
    await this.runs.setAgentRun(run.id, runId);
  }

  async finish(job: Job, run: JobRun, result: RunResult): Promise<void> {
    const finished = await this.runs.finish(run, this.holder, result, this.clock.now());
    if (!finished) return;
    this.announce(job, finished);
    await this.trim(job.id);
  }

  /** Says that this process and what it runs live. */
  async renew(): Promise<void> {
    await this.runs.renew(this.holder, this.clock.now() + LEASE_MS);
  }

  /** Ends the runs of dead processes on paper. They are not started again. */
  async interruptDead(): Promise<void> {
    for (const run of await this.runs.interrupt(this.clock.now())) {
      const job = await this.jobs.find(run.jobId);
      if (job) this.announce(job, run);
    }
  }

  private claim(): Claim {
    const now = this.clock.now();
    return { runId: `crun_${randomUUID()}`, now, holder: this.holder, leaseUntil: now + LEASE_MS };
  }

  private async trim(jobId: string): Promise<void> {
    await this.runs.trim(jobId, this.config.get(CronConfig).max_run_history);
  }

  private announce(job: Job, run: JobRun): void {
    const { id, jobId, status, dueAt, startedAt, finishedAt, runId } = run;
    const trigger = dueAt === undefined ? 'hand' : 'schedule';
    const { name, owner, task } = job;
    const times = { dueAt, startedAt, finishedAt };
    this.events.emit('cron.run', { id, jobId, name, owner, kind: task.kind, status, trigger, ...times, runId });
  }
}
