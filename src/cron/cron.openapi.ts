import type { ApiOf } from '../platform/api-doc/documented';
import { flag, integer, list, named, nullable, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { CronController } from './cron.controller';
import { MISSED, OVERLAPS, RUN_STATUSES } from './job';

const job = named(
  'CronJob',
  object({
    id: text,
    name: nullable(text),
    kind: oneOf('prompt', 'shell'),
    command: nullable(text),
    prompt: nullable(text),
    schedule: nullable(text),
    timezone: nullable(text),
    at: nullable(time),
    every_ms: nullable(integer),
    next_run: nullable(time),
    last_run: nullable(time),
    last_status: nullable(oneOf(...RUN_STATUSES)),
    enabled: flag,
    session_id: nullable(text),
    deliver_to: nullable(object({}, { session: text, channel: text, conversation: text })),
    missed: oneOf(...MISSED),
    overlap: oneOf(...OVERLAPS),
    owner: text,
    created_at: time,
  }),
);
const run = named(
  'CronRun',
  object({
    id: text,
    due_at: nullable(time),
    started_at: nullable(time),
    finished_at: nullable(time),
    status: oneOf(...RUN_STATUSES),
    output: nullable(text),
    error: nullable(text),
    run_id: nullable(text),
    approvals: list(text),
  }),
);
const written = object({ status: oneOf('ok'), job });
const id = { id: { description: 'Of the job.', example: '$JOB_ID' } };
const refusals = {
  400: ['cron.invalid', 'cron.invalid_schedule'],
  403: ['cron.command_refused'],
  409: ['cron.too_many', 'cron.conflict'],
};

export const api: ApiOf<CronController> = {
  list: {
    summary: 'Jobs',
    description: 'Those of the token; with `admin` all.',
    answer: object({ jobs: list(job) }),
  },
  preview: {
    summary: 'When an expression would be due',
    description: 'The next five times of an expression that is not a job yet.',
    parameters: { schedule: { example: '0 9 * * 1-5' }, timezone: { example: 'Europe/Berlin' } },
    answer: object({ next_runs: list(time) }),
    errors: { 400: ['cron.invalid_schedule'] },
  },
  add: {
    summary: 'Add a job',
    description:
      'A prompt for the agent, or with `admin` a command, at a cron expression (`schedule`), once (`at`), or at intervals (`every_ms`).',
    example: { name: 'Morning', schedule: '0 9 * * 1-5', timezone: 'Europe/Berlin', prompt: 'What is new?' },
    answer: written,
    errors: refusals,
  },
  change: {
    summary: 'Change a job',
    description: 'Fields that are left out stay.',
    parameters: id,
    example: { enabled: true, schedule: '30 8 * * 1-5' },
    answer: written,
    errors: { ...refusals, 404: ['cron.unknown'] },
  },
  remove: {
    summary: 'Remove a job',
    parameters: id,
    answer: object({ status: oneOf('ok') }),
    errors: { 404: ['cron.unknown'] },
  },
  run: {
    summary: 'Run a job now',
    parameters: id,
    answer: object({ status: oneOf('ok'), run }),
    errors: { 404: ['cron.unknown'], 409: ['cron.running', 'cron.owner_gone'], 503: ['cron.busy'] },
  },
  history: {
    summary: 'Runs of a job',
    description: 'The newest first.',
    parameters: { ...id, limit: { example: '10' } },
    answer: object({ runs: list(run) }),
    errors: { 404: ['cron.unknown'] },
  },
};
