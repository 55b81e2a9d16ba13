import type { Job, JobRun } from '../job';

/** One run of a task. */
export interface TaskRun {
  job: Job;
  run: JobRun;
  /** Aborted when the run has to end at once: its job is deleted, or the gateway stops and the grace period is over. */
  signal: AbortSignal;
  /** Told each agent's run when it begins. Never rejects. */
  onAgentRun(runId: string): Promise<void>;
}

/** The reason of a signal that fires because the gateway stops. */
export const STOPPING = new Error('the gateway stopped during the run');
/** The same for a job that is deleted. */
export const DELETED = new Error('the job was deleted');

/** Characters of a run's output that are kept. */
export const MAX_OUTPUT = 16_384;

/** As much of a text as is kept, without the character that no database takes. */
export function shorten(output: string): string {
  const text = output.replaceAll('\0', '\uFFFD');
  if (text.length <= MAX_OUTPUT) return text;
  return `${text.slice(0, MAX_OUTPUT)}\n[cut: ${text.length - MAX_OUTPUT} more characters]`;
}
