import { request } from '../../api/request';

export interface Job {
  id: string;
  name: string | null;
  kind: 'prompt' | 'shell';
  command: string | null;
  prompt: string | null;
  schedule: string | null;
  timezone: string | null;
  at: string | null;
  every_ms: number | null;
  next_run: string | null;
  last_run: string | null;
  last_status: string | null;
  enabled: boolean;
  session_id: string | null;
}

export interface JobRun {
  id: string;
  /** Null when somebody started it by hand. */
  due_at: string | null;
  started_at: string | null;
  finished_at: string | null;
  status: 'running' | 'ok' | 'error' | 'skipped' | 'interrupted';
  output: string | null;
  error: string | null;
}

/** What a new job is to be; exactly one of the times and one of the tasks. */
export interface JobWish {
  name?: string;
  schedule?: string;
  timezone?: string;
  at?: string;
  every_ms?: number;
  prompt?: string;
  command?: string;
  missed?: string;
}

export const RUN_COLOURS: Record<string, string> = {
  ok: 'teal',
  running: 'blue',
  error: 'red',
  interrupted: 'yellow',
  skipped: 'gray',
};

export async function listJobs(): Promise<Job[]> {
  return (await request<{ jobs: Job[] }>('/api/cron')).jobs;
}

export function addJob(wish: JobWish): Promise<unknown> {
  return request('/api/cron', { json: wish });
}

export function switchJob(id: string, enabled: boolean): Promise<unknown> {
  return request(address(id), { method: 'PATCH', json: { enabled } });
}

export function removeJob(id: string): Promise<unknown> {
  return request(address(id), { method: 'DELETE' });
}

export function runJob(id: string): Promise<unknown> {
  return request(`${address(id)}/run`, { method: 'POST' });
}

export async function listRuns(id: string): Promise<JobRun[]> {
  return (await request<{ runs: JobRun[] }>(`${address(id)}/runs?limit=20`)).runs;
}

export async function nextRuns(schedule: string, timezone: string): Promise<string[]> {
  const asked = new URLSearchParams({ schedule, timezone });
  return (await request<{ next_runs: string[] }>(`/api/cron/preview?${asked}`)).next_runs;
}

function address(id: string): string {
  return `/api/cron/${encodeURIComponent(id)}`;
}
