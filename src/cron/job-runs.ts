import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { CronService } from './cron.service';
import type { JobRun } from './job';
import { JobOwners } from './job-owners';
import { JobRunner } from './job-runner';
import type { Author } from './job-wishes';
import { RunBooks } from './run-books';
import { RunRepository } from './run.repository';

/** The runs of jobs as their owners see them, and runs by hand. */
@Injectable()
export class JobRuns {
  constructor(
    private readonly cron: CronService,
    private readonly runs: RunRepository,
    private readonly books: RunBooks,
    private readonly runner: JobRunner,
    private readonly owners: JobOwners,
  ) {}

  /** The newest first. Throws 404 `cron.unknown`. */
  async history(jobId: string, author: Author, limit: number): Promise<JobRun[]> {
    const { id } = await this.cron.find(jobId, author);
    return this.runs.history(id, limit);
  }

  /** Starts a job now, also a disabled one; its schedule stays as it is. Resolves when the run has begun. */
  async start(jobId: string, author: Author): Promise<JobRun> {
    const job = await this.cron.find(jobId, author);
    if (!this.owners.mayAct(job.owner)) {
      throw new AppError(
        409,
        'cron.owner_gone',
        'The token of its owner is revoked; turn the job on again to take it over',
      );
    }
    if (this.runner.free === 0) {
      const message = 'As many jobs run as may at once ([scheduler] max_concurrent); try again when one has ended';
      throw new AppError(503, 'cron.busy', message, { retryAfter: 5 });
    }
    const run = await this.books.begin(job);
    if (!run) throw new AppError(409, 'cron.running', 'The job runs already, and its `overlap` is not "allow"');
    this.runner.start(job, run);
    return run;
  }
}
