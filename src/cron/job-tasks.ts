import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { Delivery } from './delivery';
import type { RunResult } from './job';
import { PromptTask } from './tasks/prompt-task';
import { ShellTask } from './tasks/shell-task';
import { DELETED, STOPPING } from './tasks/task-run';
import type { TaskRun } from './tasks/task-run';

/** Does what a job is for, and hands the output on. */
@Injectable()
export class JobTasks {
  private readonly logger = new Logger(JobTasks.name);

  constructor(
    private readonly prompts: PromptTask,
    private readonly commands: ShellTask,
    private readonly delivery: Delivery,
  ) {}

  /** Never rejects: whatever goes wrong is how the run ended. */
  async run(task: TaskRun): Promise<RunResult> {
    const { job, run, signal } = task;
    try {
      const result =
        job.task.kind === 'prompt'
          ? await this.prompts.run(job.task.prompt, job.task.sessionId, task)
          : await this.commands.run(job.task.command, job.task.allowedBy, task);
      if (result.status !== 'ok') return result;
      const undelivered = await this.delivery.deliver(job, run.id, result.output ?? '');
      return undelivered === undefined ? result : { ...result, status: 'error', error: undelivered };
    } catch (error) {
      const ending = [STOPPING, DELETED].find((reason) => reason === signal.reason);
      if (ending) return { status: 'interrupted', error: ending.message };
      if (!(error instanceof AppError))
        this.logger.error({ err: error, job: job.id }, 'a job failed inside the gateway');
      return { status: 'error', error: error instanceof Error ? error.message : String(error) };
    }
  }
}
