import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Scheduler } from '../../src/cron/scheduler';
import { Clock } from '../../src/platform/clock';
import { startGateway } from './gateway';
import type { GatewayTestOptions, GatewayUnderTest } from './gateway';
import { until } from './until';

/** A job as the API shows it. */
export interface JobBody {
  id: string;
  name: string | null;
  schedule: string | null;
  next_run: string | null;
  last_run: string | null;
  last_status: string | null;
  enabled: boolean;
  owner: string;
  [field: string]: unknown;
}

/** A run as the API shows it. */
export interface RunBody {
  id: string;
  due_at: string | null;
  started_at: string | null;
  finished_at: string | null;
  status: string;
  output: string | null;
  error: string | null;
  run_id: string | null;
  approvals: { id: string; tool: string }[];
}

export interface CronUnderTest extends GatewayUnderTest {
  /** `POST /api/cron`; throws what is not 200. */
  add(job: object): Promise<JobBody>;
  job(id: string): Promise<JobBody | undefined>;
  /** The newest first. */
  runs(id: string): Promise<RunBody[]>;
  /** Waits until as many runs of the job are over, and gives all. */
  ended(id: string, count?: number): Promise<RunBody[]>;
  /** Stops the clock at this time and has the scheduler look; what it starts has begun. */
  goTo(time: string | number): Promise<void>;
}

/** With the echo model, and commands that nobody has to allow. */
export const CRON_TOML = `
default_provider = "echo"
[autonomy]
level = "full"
non_cli_excluded_tools = []
allowed_commands = ["echo", "printf", "sleep", "touch", "cat", "ls", "false", "printenv", "seq"]
max_actions_per_hour = 100000
[cron]
min_prompt_interval_secs = 1
`;

/** The gateway with its scheduler (the second one in a folder goes on with its config.toml), whose clock the test can move. */
export async function startCron(options: GatewayTestOptions = {}): Promise<CronUnderTest> {
  const isAgain = options.dir !== undefined && existsSync(join(options.dir, 'config.toml'));
  const gateway = await startGateway({ ...(!isAgain && { toml: CRON_TOML }), ...options });
  return { ...gateway, ...cronCalls((path, init) => gateway.fetch(path, init)), goTo };

  async function goTo(time: string | number): Promise<void> {
    const at = typeof time === 'string' ? Date.parse(time) : time;
    jest.spyOn(gateway.get(Clock), 'now').mockReturnValue(at);
    await gateway.get(Scheduler).look();
  }
}

type Call = (path: string, init?: { json: object }) => Promise<Response>;

/** The API's calls over any way to it. */
export function cronCalls(call: Call) {
  const read = async <T>(path: string, init?: { json: object }): Promise<T> => {
    const response = await call(path, init);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const runs = async (id: string) => (await read<{ runs: RunBody[] }>(`/api/cron/${id}/runs?limit=500`)).runs;
  return {
    add: async (job: object) => (await read<{ job: JobBody }>('/api/cron', { json: job })).job,
    job: async (id: string) => (await read<{ jobs: JobBody[] }>('/api/cron')).jobs.find((one) => one.id === id),
    runs,
    ended: async (id: string, count = 1) => {
      await until(async () => (await runs(id)).filter(({ status }) => status !== 'running').length >= count);
      return runs(id);
    },
  };
}
