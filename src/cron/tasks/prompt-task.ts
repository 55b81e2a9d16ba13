import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Run, RunEvent } from '../../agent/runs/run';
import { RunsService } from '../../agent/runs/runs.service';
import type { DoneEvent, TurnRequest } from '../../agent/turn';
import { ConfigService } from '../../platform/config/config.service';
import type { Principal } from '../../platform/http/principal';
import { ReliabilityConfig } from '../../providers/reliability.config';
import type { Job, RunResult } from '../job';
import type { TaskRun } from './task-run';
import { STOPPING, shorten } from './task-run';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Failures that may be gone in a moment. */
const MAY_PASS = new Set([
  ...['rate_limit', 'server', 'timeout', 'connection', 'cut', 'circuit_open'].map((kind) => `provider.${kind}`),
  'session.busy',
]);

interface Outcome {
  run: Run;
  done: DoneEvent | undefined;
  /** A tool was called, so that a second attempt could do something twice. */
  acted: boolean;
}

/**
 * Says the prompt of a job to the agent, in the name of its owner, in a session of the job's own or the one it names. A failure that may pass
 * is tried again within the same run, unless a tool was called already.
 */
@Injectable()
export class PromptTask {
  constructor(
    private readonly runs: RunsService,
    private readonly config: ConfigService,
  ) {}

  async run(prompt: string, sessionId: string | undefined, task: TaskRun): Promise<RunResult> {
    const { job, signal } = task;
    const turn: TurnRequest = {
      door: 'cron',
      owner: job.owner,
      sessionId: sessionId ?? `cron_${job.id}`,
      messages: [{ role: 'user', content: `${titleOf(job)} ${prompt}` }],
      mode: 'agent',
      // What comes every day would crowd out of the memory what people say.
      remember: '',
      whole: true,
    };
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.attempt(turn, task);
      const pause = this.pauseBefore(attempt, outcome);
      if (pause === undefined) return resultOf(outcome);
      await wait(pause, undefined, { signal, ref: false });
    }
  }

  private async attempt(turn: TurnRequest, { job, signal, onAgentRun }: TaskRun): Promise<Outcome> {
    signal.throwIfAborted();
    const owner: Principal = { id: job.owner, name: null, scopes: [] };
    const { id, finished } = this.runs.launch(turn);
    // When the gateway stops, the runs room ends its runs itself and says so in them.
    const cancel = () => signal.reason !== STOPPING && void this.runs.cancel(owner, id).catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const told = onAgentRun(id);
      let last: RunEvent | undefined;
      let acted = false;
      for await (const { event } of this.runs.frames(owner, id, 0, new AbortController().signal)) {
        last = event;
        if (event.type === 'tool_call') acted = true;
      }
      await told;
      return { run: await finished, done: last?.type === 'done' ? last : undefined, acted };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Milliseconds before the next attempt; undefined when there is none. */
  private pauseBefore(attempt: number, { run, acted }: Outcome): number | undefined {
    const { scheduler_retries: retries } = this.config.get(ReliabilityConfig);
    const { error } = run;
    if (run.status !== 'failed' || acted || attempt >= retries || !mayPass(error?.code)) return undefined;
    return Math.min((error?.retryAfter ?? 0) * 1000 || FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  }
}

function mayPass(code = ''): boolean {
  return MAY_PASS.has(code);
}

function resultOf({ run, done }: Outcome): RunResult {
  if (run.status === 'interrupted' || run.status === 'cancelled') {
    return { status: 'interrupted', error: run.error?.message ?? 'the turn was cancelled' };
  }
  if (!done) return { status: 'error', error: run.error?.message ?? 'the turn ended without an answer' };
  const approvals = done.approvals?.map(({ id, tool, expiresAt }) => ({
    id,
    tool,
    expires_at: new Date(expiresAt).toISOString(),
  }));
  return { status: 'ok', output: shorten(done.text), ...(approvals && { approvals }) };
}

function titleOf({ id, name }: Job): string {
  return name === undefined ? `[cron:${id}]` : `[cron:${id} ${name}]`;
}
