import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';
import { MISSED, OVERLAPS } from './job';
import type { Missed, Overlap } from './job';
import { IsTimeZone } from './schedule/time-zone';

/** `[cron]`: jobs that start by themselves. */
@Section('cron', 'Jobs that start by themselves: prompts for the agent, and commands.')
export class CronConfig {
  @Key({ doc: 'The agent has the tools cron_add, cron_list and so on. The API works either way.', live: true })
  @IsBoolean()
  enabled = true;

  @Key({
    doc: 'Time zone of new jobs that name none: a name of the IANA database, such as Europe/Berlin.',
    env: 'ZEROCLAW_CRON_TIMEZONE',
    live: true,
  })
  @IsTimeZone()
  timezone = 'UTC';

  @Key({
    doc: 'What becomes of due times that passed while no gateway ran, for jobs that do not say: run_once makes up for all of them by one run, skip leaves them out.',
    live: true,
  })
  @IsIn(MISSED)
  missed: Missed = 'run_once';

  @Key({
    doc: 'What happens at a due time while the job still runs, for jobs that do not say: skip leaves it out, queue runs it afterwards, allow runs it beside.',
    live: true,
  })
  @IsIn(OVERLAPS)
  overlap: Overlap = 'skip';

  @Key({ doc: 'Runs that are kept per job.', live: true })
  @IsInt()
  @Min(1)
  @Max(10_000)
  max_run_history = 50;

  @Key({ doc: 'Jobs in all.', live: true })
  @IsInt()
  @Min(1)
  @Max(100_000)
  max_jobs = 1000;

  @Key({ doc: 'Jobs of one token or channel sender.', live: true })
  @IsInt()
  @Min(1)
  @Max(100_000)
  max_jobs_per_owner = 100;

  @Key({
    doc: 'Seconds that have to lie between two due times of a prompt: each one is a call of a model.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(86_400)
  min_prompt_interval_secs = 60;

  @Key({ doc: 'Seconds after which a command is ended.', live: true })
  @IsInt()
  @Min(1)
  @Max(86_400)
  shell_timeout_secs = 120;
}

/** `[scheduler]`: what starts the jobs of `[cron]`. */
@Section('scheduler', 'What starts the jobs of [cron]. It runs inside the gateway.')
export class SchedulerConfig {
  @Key({ doc: 'Jobs start when they are due. Otherwise only by hand.', live: true })
  @IsBoolean()
  enabled = true;

  @Key({
    doc: 'Jobs that run at the same time in this process; what is due beyond waits for the next free place.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(256)
  max_concurrent = 4;

  @Key({ doc: 'Due jobs that are looked at in one go.', live: true })
  @IsInt()
  @Min(1)
  @Max(1000)
  max_tasks = 64;
}
