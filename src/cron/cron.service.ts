import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { AppError } from '../platform/errors/app-error';
import { EventBus } from '../platform/events/event-bus';
import type { JobChange } from './cron.events';
import './cron.events';
import type { Job, JobPlan } from './job';
import { JobOwners } from './job-owners';
import { JobPlanner } from './job-planner';
import type { JobChanges } from './job.repository';
import { JobRepository } from './job.repository';
import { scheduleColumns, taskColumns } from './job-row';
import type { Author, JobWishes } from './job-wishes';

/** Changes that meet on one job are made one after the other, so often. */
const ATTEMPTS = 5;

/** The jobs and their rules, for the API and for the agent alike. Everybody has their own; admins see and change all. */
@Injectable()
export class CronService {
  constructor(
    private readonly jobs: JobRepository,
    private readonly planner: JobPlanner,
    private readonly owners: JobOwners,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  /** Throws 400 `cron.invalid` and `cron.invalid_schedule` with the field, 403 for what is refused, 409 `cron.too_many`. */
  async add(wishes: JobWishes, author: Author): Promise<Job> {
    const plan = await this.planner.plan(wishes, author);
    const job: Job = {
      ...plan,
      id: randomUUID(),
      owner: author.id,
      createdAt: this.clock.now(),
      nextDue: plan.enabled ? await this.planner.next(plan.schedule, undefined) : undefined,
      lastDue: undefined,
      lastRun: undefined,
      lastStatus: undefined,
      revision: 0,
    };
    if (!(await this.jobs.add(job, this.planner.limits))) throw tooMany();
    this.announce(job, 'added', author);
    return job;
  }

  /** The next due one first. */
  list(author: Author): Promise<Job[]> {
    return this.jobs.list(author.isAdmin ? undefined : author.id);
  }

  /** Throws 404 `cron.unknown`, also for a job of somebody else. */
  async find(id: string, author: Author): Promise<Job> {
    const job = await this.jobs.find(id);
    if (!job || (!author.isAdmin && job.owner !== author.id)) {
      throw new AppError(404, 'cron.unknown', `There is no job ${id.slice(0, 64)}`);
    }
    return job;
  }

  /** Takes effect at once, also on a due time that is a moment away. What runs goes on as it was. */
  async change(id: string, wishes: JobWishes, author: Author): Promise<Job> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const job = await this.find(id, author);
      const plan = await this.planner.change(job, wishes, author);
      const changed = await this.jobs.change(id, job.revision, await this.columns(job, plan, wishes, author));
      if (!changed) continue;
      this.announce(changed, 'changed', author);
      return changed;
    }
    throw new AppError(409, 'cron.conflict', 'Others change this job at this moment; try again', { retryAfter: 1 });
  }

  /** With its history; a run of it is ended. */
  async remove(id: string, author: Author): Promise<void> {
    const job = await this.find(id, author);
    if (!(await this.jobs.remove(id))) return;
    this.announce(job, 'removed', author);
  }

  private async columns(job: Job, plan: JobPlan, wishes: JobWishes, author: Author): Promise<JobChanges> {
    const turnedOn = plan.enabled && !job.enabled;
    const { name, deliverTo, missed, overlap, enabled } = plan;
    const columns: JobChanges = {
      name: name ?? null,
      ...taskColumns(plan.task),
      deliver_to: deliverTo === undefined ? null : JSON.stringify(deliverTo),
      missed,
      overlap,
      // Whoever turns on the job of a token that is gone answers for it from now on.
      ...(turnedOn && !this.owners.mayAct(job.owner) && { owner: author.id }),
    };
    if (plan.schedule === job.schedule && enabled === job.enabled) return columns;
    const next = enabled ? await this.planner.next(plan.schedule, job.lastDue) : undefined;
    if (enabled && next === undefined) {
      throw new AppError(400, 'cron.invalid_schedule', 'The time of this job is over: give a new one with `at`', {
        param: wishes.at == null ? 'enabled' : 'at',
      });
    }
    return { ...columns, ...scheduleColumns(plan.schedule), enabled: Number(enabled), next_due: next ?? null };
  }

  private announce({ id, owner, task }: Job, change: JobChange, author: Author): void {
    this.events.emit('cron.job', { id, owner, kind: task.kind, change, by: author.id });
  }
}

function tooMany(): AppError {
  const message = 'There are too many jobs ([cron] max_jobs and max_jobs_per_owner): delete some first';
  return new AppError(409, 'cron.too_many', message);
}
