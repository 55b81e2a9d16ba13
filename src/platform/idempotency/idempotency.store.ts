import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { Answer } from './answer';
import type { IdempotencyTables } from './idempotency.tables';

/** The right to run one request and to decide what becomes of its key. */
export interface Claim {
  readonly scope: string;
  /** Unique per claim, so that a claim which was taken over can change nothing any more. */
  readonly id: string;
}

/** What stands under a key that could not be claimed; without an answer while its request still runs. */
export interface Holder {
  requestHash: string;
  answer?: Answer;
}

/** Keys and answers in the gateway's database. Claiming is one atomic statement, so among any number of processes one wins. */
@Injectable()
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /** False when another request holds the key. A row whose time is over, a kept answer or a dead process's claim, gives way. */
  async claim(claim: Claim, requestHash: string, now: number, until: number): Promise<boolean> {
    const won = await this.db
      .insertInto('idempotency_keys')
      .values({
        scope: claim.scope,
        request_hash: requestHash,
        claim: claim.id,
        state: 'running',
        status: null,
        headers: null,
        body: null,
        created_at: now,
        expires_at: until,
      })
      .onConflict((conflict) =>
        conflict
          .column('scope')
          .doUpdateSet((row) => ({
            request_hash: row.ref('excluded.request_hash'),
            claim: row.ref('excluded.claim'),
            state: row.ref('excluded.state'),
            status: null,
            headers: null,
            body: null,
            created_at: row.ref('excluded.created_at'),
            expires_at: row.ref('excluded.expires_at'),
          }))
          .where('idempotency_keys.expires_at', '<=', now),
      )
      .returning('claim')
      .executeTakeFirst();
    return won !== undefined;
  }

  async find(scope: string): Promise<Holder | undefined> {
    const row = await this.db
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'state', 'status', 'headers', 'body'])
      .where('scope', '=', scope)
      .executeTakeFirst();
    if (!row) return undefined;
    if (row.state === 'running') return { requestHash: row.request_hash };
    const headers = JSON.parse(row.headers ?? '{}') as Answer['headers'];
    const body = row.body ?? new Uint8Array();
    return { requestHash: row.request_hash, answer: { status: row.status ?? 200, headers, body } };
  }

  /** False when the claim was lost; the answer is then not kept. */
  async complete(claim: Claim, answer: Answer, until: number): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('idempotency_keys')
      .set({
        state: 'done',
        status: answer.status,
        headers: JSON.stringify(answer.headers),
        body: answer.body,
        expires_at: until,
      })
      .where('scope', '=', claim.scope)
      .where('claim', '=', claim.id)
      .where('state', '=', 'running')
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  async release(claim: Claim): Promise<void> {
    await this.db
      .deleteFrom('idempotency_keys')
      .where('scope', '=', claim.scope)
      .where('claim', '=', claim.id)
      .where('state', '=', 'running')
      .execute();
  }

  async renew(claims: readonly Claim[], until: number): Promise<void> {
    for (let start = 0; start < claims.length; start += 500) {
      const some = claims.slice(start, start + 500);
      await this.db
        .updateTable('idempotency_keys')
        .set({ expires_at: until })
        .where('state', '=', 'running')
        .where(
          'scope',
          'in',
          some.map(({ scope }) => scope),
        )
        .where(
          'claim',
          'in',
          some.map(({ id }) => id),
        )
        .execute();
    }
  }

  /** For the boot: claims in an embedded database can only be those of the process before. On a server they run out with their lease. */
  async releaseOrphans(): Promise<void> {
    if (this.database.dialect !== 'sqlite') return;
    await this.db.deleteFrom('idempotency_keys').where('state', '=', 'running').execute();
  }

  /** Removes up to `limit` rows whose time is over, found by index; returns how many. */
  async removeExpired(now: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('idempotency_keys')
      .where('scope', 'in', (query) =>
        query
          .selectFrom('idempotency_keys')
          .select('scope')
          .where('state', 'in', ['done', 'running'])
          .where('expires_at', '<=', now)
          .limit(limit),
      )
      .where('expires_at', '<=', now)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /** Removes the `count` answers that are oldest, never a running claim. */
  async removeOldest(count: number): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('idempotency_keys')
      .where('scope', 'in', (query) =>
        query
          .selectFrom('idempotency_keys')
          .select('scope')
          .where('state', '=', 'done')
          .orderBy('expires_at')
          .limit(count),
      )
      .where('state', '=', 'done')
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async count(): Promise<number> {
    const { count } = await this.db
      .selectFrom('idempotency_keys')
      .select((query) => query.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  }

  private get db() {
    return this.database.tables<IdempotencyTables>();
  }
}
