import { AppError } from '../../platform/errors/app-error';
import type { ToolContext, ToolResult } from '../../tools/tool';
import type { DestinationWishes, Author, JobWishes } from '../job-wishes';

/** The agent acts for whoever it talks to: with their jobs only, whatever their token may do. */
export function authorOf({ owner = '' }: ToolContext): Author {
  return { id: owner, isAdmin: false, byAgent: true };
}

export function cronIsOff(enabled: boolean): string | undefined {
  return enabled ? undefined : '[cron] enabled is false';
}

/** What a service refuses is a failed call with its sentence; nobody has jobs in a turn without an owner. */
export async function answered({ owner }: ToolContext, work: () => Promise<string>): Promise<ToolResult> {
  if (!owner) return { success: false, output: 'Nobody is known here whose jobs these could be.' };
  try {
    return { success: true, output: await work() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { success: false, output: error.message };
  }
}

/** Parts of the schemas of cron_add and cron_update: our own words, and those of ZeroClaw's tools. */
export const JOB_PROPERTIES = {
  name: { type: 'string', maxLength: 200, description: 'A short title.' },
  schedule: {
    description:
      'A cron expression of 5 fields (minute hour day month weekday, 0 and 7 are Sunday), or one of {"kind":"cron","expr","tz"}, ' +
      '{"kind":"at","at"} and {"kind":"every","every_ms"}.',
    anyOf: [
      { type: 'string', maxLength: 200 },
      {
        type: 'object',
        properties: {
          kind: { enum: ['cron', 'at', 'every'] },
          expr: { type: 'string', maxLength: 200 },
          tz: { type: 'string', maxLength: 64 },
          at: { type: 'string', maxLength: 64 },
          every_ms: { type: 'integer', minimum: 1000 },
        },
        required: ['kind'],
        additionalProperties: false,
      },
    ],
  },
  at: {
    type: 'string',
    maxLength: 64,
    description: 'Once, at this time: 2027-03-01T09:00:00+01:00, or without offset and with timezone.',
  },
  every_ms: { type: 'integer', minimum: 1000, description: 'Again and again, so many milliseconds apart.' },
  timezone: { type: 'string', maxLength: 64, description: 'IANA time zone of the expression, such as Europe/Berlin.' },
  prompt: {
    type: 'string',
    minLength: 1,
    maxLength: 32_768,
    description: 'What is said to you when the time has come.',
  },
  command: {
    type: 'string',
    minLength: 1,
    maxLength: 4000,
    description: 'Or a command line, as the shell tool takes it.',
  },
  session_id: { type: 'string', maxLength: 128, description: 'Session of the prompt; left out, the job has its own.' },
  deliver_to: {
    type: 'object',
    description:
      'Where the answer goes: {"session": id} or {"channel": name, "conversation": id}. Answer NO_REPLY to send nothing.',
    properties: {
      session: { type: 'string', maxLength: 128 },
      channel: { type: 'string', maxLength: 64 },
      conversation: { type: 'string', maxLength: 512 },
      to: { type: 'string', maxLength: 512 },
      mode: { enum: ['none', 'announce'] },
    },
    additionalProperties: false,
  },
  missed: { enum: ['skip', 'run_once'], description: 'What becomes of times at which the gateway was down.' },
  overlap: { enum: ['skip', 'queue', 'allow'], description: 'What happens while it still runs.' },
  enabled: { type: 'boolean' },
} as const;

interface WrittenSchedule {
  kind: 'cron' | 'at' | 'every';
  expr?: string;
  tz?: string;
  at?: string;
  every_ms?: number;
}

type Written = Omit<JobWishes, 'schedule' | 'deliver_to'> & {
  schedule?: string | WrittenSchedule;
  deliver_to?: DestinationWishes & { to?: string; mode?: string };
};

/** The arguments of a call, which fit JOB_PROPERTIES, as wishes. */
export function wishesOf(args: Record<string, unknown>): JobWishes {
  const { schedule, deliver_to: destination, ...rest } = args as Written;
  return {
    ...rest,
    ...(typeof schedule === 'string' && { schedule }),
    ...(typeof schedule === 'object' && whenOf(schedule)),
    ...(destination !== undefined && { deliver_to: destinationOf(destination) }),
  };
}

function whenOf({ kind, expr, tz, at, every_ms: everyMs }: WrittenSchedule): JobWishes {
  if (kind === 'at') return { at: at ?? '', ...(tz !== undefined && { timezone: tz }) };
  if (kind === 'every') return { every_ms: everyMs ?? 0 };
  return { schedule: expr ?? '', ...(tz !== undefined && { timezone: tz }) };
}

function destinationOf({ to, mode, ...destination }: NonNullable<Written['deliver_to']>): DestinationWishes | null {
  if (mode === 'none') return null;
  return to === undefined ? destination : { ...destination, conversation: to };
}
