import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import type { RecordedRun, RunningTurn } from './recorded-run';
import type { Run } from './run';
import { RunLog } from './run-log';
import type { Holder, RunQuery } from './run.repository';
import { RunRepository, rowOf, runOf } from './run.repository';
import type { RunsTable } from './run.tables';

const FLUSH_AFTER_MS = 500;
const TRY_AGAIN_AFTER_MS = 2_000;
/** What waits for a database that does not answer; beyond, the oldest are given up and the log says so. */
const MOST_WAITING = 20_000;
const LEASE_MS = 60_000;
/** The embedded database holds everything up while it writes, so that those who wait get their turn after so many. */
const ROWS_IN_A_ROW = 100;

/**
 * Writes down which runs there are, in batches and off the path of a turn: a run that is over within a batch is written once. One that takes
 * longer is in the database while it runs, under this process' name, so that it is known to be interrupted when the process dies.
 */
@Injectable()
export class RunBooks implements BeforeApplicationShutdown {
  readonly instance = randomUUID();
  private readonly logger = new Logger(RunBooks.name);
  /** Running, and not in the database yet. */
  private readonly fresh = new Set<RecordedRun>();
  private finished: RunsTable[] = [];
  /** In the database since before they began. */
  private readonly promised = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: RunRepository,
    private readonly clock: Clock,
    private readonly log: RunLog,
  ) {
    log.onChange = (run) => this.note(run);
  }

  /** When this has resolved, the turn will be run whatever happens to this process. */
  async promise(turn: RunningTurn): Promise<void> {
    const { runId: id, door, owner, sessionId } = turn;
    const fresh = { id, door, owner, sessionId, status: 'running', startedAt: this.clock.now(), lastSeq: 0 } as const;
    const run = { ...fresh, finishedAt: undefined, model: undefined, usage: undefined };
    this.promised.add(id);
    try {
      await this.repository.add({ ...rowOf(run, this.holder()), request: JSON.stringify(turn) });
    } catch (error) {
      this.promised.delete(id);
      throw error;
    }
  }

  /** Promised turns of processes that died; from now on they are this one's. */
  async takeOver(): Promise<RunningTurn[]> {
    const rows = await this.repository.takeOver(this.clock.now(), this.holder());
    return rows.flatMap(({ id, request, tries }) => {
      this.promised.add(id);
      return request === null ? [] : [{ ...(JSON.parse(request) as RunningTurn), attempt: tries }];
    });
  }

  /** Tells other processes that this one lives. */
  async renew(): Promise<void> {
    this.log.forgetOld();
    await this.repository.renew(this.holder());
  }

  async find(id: string): Promise<Run | undefined> {
    const running = this.log.find(id);
    if (running) return running.run;
    await this.flush();
    const row = await this.repository.find(id);
    return row && runOf(row, this.clock.now());
  }

  /** The newest first. */
  async list(query: RunQuery, limit: number): Promise<Run[]> {
    await this.flush();
    const rows = await this.repository.list(query, limit);
    return rows.map((row) => this.log.find(row.id)?.run ?? runOf(row, this.clock.now()));
  }

  /** Resolves when every run that began or ended so far is in the database, or could not be written. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.fresh.size + this.finished.length > 0) this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** As whom, and until when, this process holds its runs. */
  holder(): Holder {
    return { instance: this.instance, until: this.clock.now() + LEASE_MS };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    await this.repository
      .renew({ ...this.holder(), until: 0 })
      .catch((error: unknown) => this.logger.warn({ err: error }, 'what is left to do is taken up a minute later'));
  }

  private note(run: RecordedRun): void {
    if (run.running) {
      if (!this.promised.has(run.id)) this.fresh.add(run);
    } else {
      // Let go of because this process stops: the next one begins it anew.
      if (this.promised.delete(run.id) && run.status === 'interrupted') return;
      this.fresh.delete(run);
      this.finished.push(rowOf(run.run, undefined));
    }
    this.soon(FLUSH_AFTER_MS);
  }

  private soon(milliseconds: number): void {
    this.timer ??= setTimeout(() => void this.flush(), milliseconds).unref();
  }

  private async write(): Promise<void> {
    const [fresh, finished] = [[...this.fresh], this.finished];
    this.fresh.clear();
    this.finished = [];
    const holder = this.holder();
    try {
      const rows = [...fresh.map((run) => rowOf(run.run, holder)), ...finished];
      for (let start = 0; start < rows.length; start += ROWS_IN_A_ROW) {
        if (start > 0) await nextTurn();
        await this.repository.save(rows.slice(start, start + ROWS_IN_A_ROW));
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'runs could not be written down, trying again');
      for (const run of fresh) if (run.running) this.fresh.add(run);
      this.finished = [...finished, ...this.finished];
      const lost = this.finished.splice(0, Math.max(0, this.finished.length - MOST_WAITING));
      if (lost.length > 0) this.logger.error(`${lost.length} runs are missing in the list of runs for good`);
      this.soon(TRY_AGAIN_AFTER_MS);
    }
  }
}
