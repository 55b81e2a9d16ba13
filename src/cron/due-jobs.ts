import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { SchedulerConfig } from './cron.config';
import type { Job } from './job';
import { JobOwners } from './job-owners';
import { JobRepository } from './job.repository';
import { JobRunner } from './job-runner';
import { RunBooks } from './run-books';
import { nextDue } from './schedule/next-due';
import { ScheduleError } from './schedule/schedule';

/** A due time that is no older than this is not missed, merely late: the gateway may just be starting anew. */
export const LATE_MS = 60_000;

/** What becomes of a due time: a run, or nothing for a reason; and when the job is due next. */
interface Verdict {
  following: number | undefined;
  skip?: string;
}

/** Takes up what is due, as far as there are free places, each due time once over all processes on the database. */
@Injectable()
export class DueJobs {
  private readonly logger = new Logger(DueJobs.name);

  constructor(
    private readonly jobs: JobRepository,
    private readonly books: RunBooks,
    private readonly runner: JobRunner,
    private readonly owners: JobOwners,
    private readonly config: ConfigService,
  ) {}

  /** @param awakeSince since when somebody would have taken up what was due; due times before are missed ones */
  async takeUp(now: number, awakeSince: number): Promise<void> {
    // Our own runs live, also when the clock has jumped over their leases.
    if (this.runner.count > 0) await this.books.renew();
    await this.books.interruptDead();
    while (this.runner.free > 0) {
      const limit = Math.min(this.runner.free, this.config.get(SchedulerConfig).max_tasks);
      const due = await this.jobs.due(now, limit);
      for (const job of due) await this.takeUpOne(job, now, awakeSince);
      if (due.length < limit) return;
    }
  }

  /** The next time at which something is due. */
  async nextAfter(now: number): Promise<number | undefined> {
    return this.jobs.nextAfter(now);
  }

  /** Forgets one-shots that ran before `before`. */
  async forgetSpent(before: number): Promise<void> {
    await this.jobs.forgetSpent(before);
  }

  private async takeUpOne(job: Job, now: number, awakeSince: number): Promise<void> {
    const verdict = await this.judge(job, now, awakeSince);
    if (typeof verdict === 'string') {
      this.logger.warn({ job: job.id }, verdict);
      await this.books.disable(job, verdict);
      return;
    }
    const run = await this.books.take(job, verdict.following, verdict.skip);
    if (run) this.runner.start(job, run);
  }

  /** A sentence for a job that cannot go on at all. */
  private async judge(job: Job, now: number, awakeSince: number): Promise<Verdict | string> {
    const due = job.nextDue ?? now;
    if (!this.owners.mayAct(job.owner)) {
      return 'the token in whose name it ran is revoked or expired, so the job was disabled';
    }
    try {
      // Due times that went by meanwhile are one with this one.
      const following = await nextDue(job.schedule, Math.max(now, due));
      const isMissed = due < awakeSince && now - due > LATE_MS;
      if (!isMissed || job.missed === 'run_once') return { following };
      return { following, skip: 'missed: no gateway ran when it was due' };
    } catch (error) {
      if (error instanceof ScheduleError) return `${error.message}, so the job was disabled`;
      throw error;
    }
  }
}
