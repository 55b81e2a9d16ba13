import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Run, RunStatus } from './run';
import type { RunsTable, RunTables } from './run.tables';

/** A database takes only so many parameters in one statement. */
const ROWS_AT_ONCE = 100;

/** A turn that takes its process down with it must not take down the next one for ever. */
const MOST_TRIES = 3;

export const INTERRUPTED = {
  code: 'run.interrupted',
  message: 'The process that ran it died before it was finished',
};

/** Which runs to list. */
export interface RunQuery {
  /** Undefined for those of everybody. */
  owner: string | undefined;
  sessionId: string | undefined;
  status: RunStatus | undefined;
  /** Only runs that are listed after this one. */
  before: string | undefined;
}

/** A process that runs turns, and until when it is known to live. */
export interface Holder {
  instance: string;
  until: number;
}

/** The runs in the database: who, when, which model, how it ended. */
@Injectable()
export class RunRepository {
  constructor(private readonly database: Database) {}

  /** Without a server there is one process at a time. */
  get isEmbedded(): boolean {
    return this.database.dialect === 'sqlite';
  }

  /** Writes runs down as they are now, new or known; all or none. */
  async save(rows: readonly RunsTable[]): Promise<void> {
    await this.tables.transaction().execute(async (transaction) => {
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        await transaction
          .insertInto('runs')
          .values(rows.slice(start, start + ROWS_AT_ONCE))
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet(({ ref }) => ({
              status: ref('excluded.status'),
              finished_at: ref('excluded.finished_at'),
              model: ref('excluded.model'),
              input_tokens: ref('excluded.input_tokens'),
              output_tokens: ref('excluded.output_tokens'),
              cached_input_tokens: ref('excluded.cached_input_tokens'),
              reasoning_tokens: ref('excluded.reasoning_tokens'),
              error_code: ref('excluded.error_code'),
              error_message: ref('excluded.error_message'),
              last_seq: ref('excluded.last_seq'),
              instance: ref('excluded.instance'),
              lease_until: ref('excluded.lease_until'),
              request: null,
            })),
          )
          .execute();
      }
    });
  }

  /** Adds a run that has not begun. */
  async add(row: RunsTable): Promise<void> {
    await this.tables.insertInto('runs').values(row).execute();
  }

  async find(id: string): Promise<RunsTable | undefined> {
    return this.tables.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** The newest first. */
  async list({ owner, sessionId, status, before }: RunQuery, limit: number): Promise<RunsTable[]> {
    let query = this.tables.selectFrom('runs').selectAll();
    if (owner !== undefined) query = query.where('owner', '=', owner);
    if (sessionId !== undefined) query = query.where('session_id', '=', sessionId);
    if (status !== undefined) query = query.where('status', '=', status);
    if (before !== undefined) {
      const startedThen = this.tables.selectFrom('runs').select('started_at').where('id', '=', before);
      query = query.where((is) =>
        is.or([
          is('started_at', '<', startedThen),
          is.and([is('started_at', '=', startedThen), is('id', '<', before)]),
        ]),
      );
    }
    return query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  }

  /** Tells other processes that this one lives. */
  async renew({ instance, until }: Holder): Promise<void> {
    await this.tables
      .updateTable('runs')
      .set({ lease_until: until })
      .where('status', '=', 'running')
      .where('instance', '=', instance)
      .execute();
  }

  /** Ends the runs of processes that died, unless somebody has been promised them. Resolves with how many. */
  async interruptAbandoned(now: number): Promise<number> {
    const { numUpdatedRows } = await this.tables
      .updateTable('runs')
      .set({
        status: 'interrupted',
        finished_at: now,
        error_code: INTERRUPTED.code,
        error_message: INTERRUPTED.message,
        instance: null,
        lease_until: null,
      })
      .where('status', '=', 'running')
      .where('lease_until', '<=', now)
      .where((is) => is.or([is('request', 'is', null), is('tries', '>=', MOST_TRIES)]))
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }

  /** Takes over promised turns of processes that died: each goes to exactly one process, and only so often. */
  async takeOver(now: number, { instance, until }: Holder): Promise<RunsTable[]> {
    return this.tables
      .updateTable('runs')
      .set(({ eb }) => ({ instance, lease_until: until, tries: eb('tries', '+', 1) }))
      .where('status', '=', 'running')
      .where('lease_until', '<=', now)
      .where('request', 'is not', null)
      .where('tries', '<', MOST_TRIES)
      .returningAll()
      .execute();
  }

  /** For the boot of the only process on this database: nothing else is alive. */
  async abandonOthers(instance: string): Promise<void> {
    await this.tables
      .updateTable('runs')
      .set({ lease_until: 0 })
      .where('status', '=', 'running')
      .where('instance', '!=', instance)
      .execute();
  }

  /** Removes up to `limit` finished runs from before `time`; resolves with how many. */
  async forget(time: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.tables
      .deleteFrom('runs')
      .where('id', 'in', (query) =>
        query
          .selectFrom('runs')
          .select('id')
          .where('started_at', '<', time)
          .where('status', '!=', 'running')
          .limit(limit),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  private get tables() {
    return this.database.tables<RunTables>();
  }
}

/** @param now when a process that has not been heard of is taken for dead */
export function runOf(row: RunsTable, now: number): Run {
  const isDead = row.status === 'running' && (row.lease_until ?? 0) <= now;
  const code = isDead ? INTERRUPTED.code : row.error_code;
  const message = isDead ? INTERRUPTED.message : row.error_message;
  return {
    id: row.id,
    door: row.door,
    owner: row.owner,
    sessionId: row.session_id ?? undefined,
    status: isDead ? 'interrupted' : row.status,
    startedAt: row.started_at,
    finishedAt: row.finished_at ?? undefined,
    model: row.model ?? undefined,
    usage: usageOf(row),
    ...(code !== null && { error: { code, message: message ?? '' } }),
    lastSeq: row.last_seq,
  };
}

function usageOf(row: RunsTable): Run['usage'] {
  if (row.input_tokens === null || row.output_tokens === null) return undefined;
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    ...(row.cached_input_tokens !== null && { cachedInputTokens: row.cached_input_tokens }),
    ...(row.reasoning_tokens !== null && { reasoningTokens: row.reasoning_tokens }),
  };
}

export function rowOf(run: Run, held: Holder | undefined): RunsTable {
  const { usage, error } = run;
  return {
    id: run.id,
    door: run.door,
    owner: run.owner,
    session_id: run.sessionId ?? null,
    status: run.status,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    model: run.model ?? null,
    input_tokens: usage?.inputTokens ?? null,
    output_tokens: usage?.outputTokens ?? null,
    cached_input_tokens: usage?.cachedInputTokens ?? null,
    reasoning_tokens: usage?.reasoningTokens ?? null,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    last_seq: run.lastSeq,
    instance: held?.instance ?? null,
    lease_until: held?.until ?? null,
    request: null,
    tries: 1,
  };
}
