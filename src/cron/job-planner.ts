import { Injectable } from '@nestjs/common';
import { assertSessionId } from '../agent/sessions.service';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import { CronConfig } from './cron.config';
import { Delivery } from './delivery';
import type { Destination, Job, JobPlan, Task } from './job';
import type { Author, DestinationWishes, JobWishes } from './job-wishes';
import type { JobLimits } from './job.repository';
import type { Schedule } from './schedule/schedule';
import { SchedulePlanner } from './schedule-planner';
import { ShellTask } from './tasks/shell-task';

const TASK_FIELDS = ['prompt', 'command'] as const;

/** Turns wishes into a plan that can be carried out, or says by an AppError which field stands in the way. */
@Injectable()
export class JobPlanner {
  constructor(
    private readonly schedules: SchedulePlanner,
    private readonly commands: ShellTask,
    private readonly delivery: Delivery,
    private readonly config: ConfigService,
  ) {}

  /** A new job; exactly one of schedule, at and every_ms, and exactly one of prompt and command. */
  async plan(wishes: JobWishes, author: Author): Promise<JobPlan> {
    const { missed, overlap } = this.config.get(CronConfig);
    const given = TASK_FIELDS.filter((field) => wishes[field] != null);
    if (given.length !== 1) throw invalid('prompt', 'Give exactly one of `prompt` and `command`');
    const schedule = await this.schedules.first(wishes);
    const task = await this.task(wishes, author, author.id, undefined);
    const plan = {
      name: wishes.name?.trim() || undefined,
      schedule,
      task,
      deliverTo: this.destination(wishes.deliver_to, author),
      missed: wishes.missed ?? missed,
      overlap: wishes.overlap ?? overlap,
      enabled: wishes.enabled ?? true,
    };
    await this.schedules.assertRate(plan);
    return plan;
  }

  /** The same job with what the wishes name in place of what it has. */
  async change(job: Job, wishes: JobWishes, author: Author): Promise<JobPlan> {
    const { missed, overlap } = this.config.get(CronConfig);
    const plan = {
      name: wishes.name === undefined ? job.name : wishes.name?.trim() || undefined,
      schedule: await this.schedules.changed(job.schedule, wishes),
      task: await this.task(wishes, author, job.owner, job.task),
      deliverTo: wishes.deliver_to === undefined ? job.deliverTo : this.destination(wishes.deliver_to, author),
      missed: wishes.missed === undefined ? job.missed : (wishes.missed ?? missed),
      overlap: wishes.overlap === undefined ? job.overlap : (wishes.overlap ?? overlap),
      enabled: wishes.enabled ?? job.enabled,
    };
    await this.schedules.assertRate(plan);
    return plan;
  }

  /** When a job with this schedule is due next; undefined when no due time is left. */
  next(schedule: Schedule, lastDue: number | undefined): Promise<number | undefined> {
    return this.schedules.next(schedule, lastDue);
  }

  /** How many jobs there may be. */
  get limits(): JobLimits {
    const { max_jobs: total, max_jobs_per_owner: perOwner } = this.config.get(CronConfig);
    return { total, perOwner };
  }

  private async task(wishes: JobWishes, author: Author, owner: string, before: Task | undefined): Promise<Task> {
    const { prompt, command, session_id: sessionId } = wishes;
    if (prompt != null && command != null) throw invalid('prompt', 'Give exactly one of `prompt` and `command`');
    if (command != null) {
      if (sessionId != null) throw invalid('session_id', 'A `session_id` belongs to a `prompt`, not to a `command`');
      return this.command(command, author, owner);
    }
    if (before?.kind === 'shell' && prompt == null) {
      if (sessionId != null) throw invalid('session_id', 'A `session_id` belongs to a `prompt`, not to a `command`');
      return before;
    }
    const known = before?.kind === 'prompt' ? before : undefined;
    const text = prompt ?? known?.prompt ?? '';
    if (text.trim() === '') throw invalid('prompt', 'The `prompt` must not be empty');
    if (sessionId != null) assertSessionId(sessionId);
    return {
      kind: 'prompt',
      prompt: text,
      sessionId: sessionId === undefined ? known?.sessionId : (sessionId ?? undefined),
    };
  }

  /** Behind the same gate as the shell tool, now and again at each run. */
  private async command(command: string, author: Author, owner: string): Promise<Task> {
    if (!author.byAgent && !author.isAdmin) {
      throw new AppError(403, 'auth.scope_missing', 'A job that runs a command takes a token with the scope "admin"', {
        param: 'command',
      });
    }
    const problem = await this.commands.problem(command, owner);
    if (problem !== undefined) {
      throw new AppError(403, 'cron.command_refused', `The \`command\` is refused: ${problem}`, { param: 'command' });
    }
    return { kind: 'shell', command, allowedBy: author.byAgent ? undefined : author.id };
  }

  private destination(wishes: DestinationWishes | null | undefined, author: Author): Destination | undefined {
    if (wishes == null) return undefined;
    const { session, channel, conversation } = wishes;
    if ((session == null) === (channel == null)) {
      throw invalid('deliver_to', 'The `deliver_to` is {"session": …} or {"channel": …, "conversation": …}');
    }
    if (session != null) {
      assertSession(session);
      return { session };
    }
    if (channel == null || conversation == null || conversation.trim() === '') {
      throw invalid('deliver_to.conversation', 'A `deliver_to` with a `channel` names the `conversation` too');
    }
    if (!author.byAgent && !author.isAdmin) {
      throw new AppError(403, 'auth.scope_missing', 'Writing to a channel takes a token with the scope "admin"', {
        param: 'deliver_to',
      });
    }
    const destination = { channel, conversation };
    const problem = this.delivery.problem(destination);
    if (problem !== undefined) throw invalid('deliver_to.channel', `The \`deliver_to\` cannot be used: ${problem}`);
    return destination;
  }
}

/** A request that cannot be carried out because of one field. */
export function invalid(field: string, message: string, cause?: unknown): AppError {
  return new AppError(400, 'cron.invalid', message, { param: field, cause });
}

function assertSession(id: string): void {
  try {
    assertSessionId(id);
  } catch (error) {
    throw invalid(
      'deliver_to.session',
      'The `session` must be 1 to 128 characters out of letters, digits and _ . : -',
      error,
    );
  }
}
