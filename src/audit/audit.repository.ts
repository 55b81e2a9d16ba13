import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database';
import type { AuditEntry, AuditTables, AuditType } from './audit.tables';

/** A database takes only so many parameters in one statement. */
const ROWS_AT_ONCE = 200;

export interface AuditFilter {
  type?: AuditType;
  owner?: string;
  /** Only entries that were written before this one. */
  before?: number;
}

/** The audit log in the database. Entries are added and, when they are old, removed; never changed. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** All or none. */
  async add(entries: readonly AuditEntry[]): Promise<void> {
    await this.tables.transaction().execute(async (transaction) => {
      for (let start = 0; start < entries.length; start += ROWS_AT_ONCE) {
        await transaction
          .insertInto('audit_log')
          .values(entries.slice(start, start + ROWS_AT_ONCE))
          .execute();
      }
    });
  }

  /** The newest first. */
  async page({ type, owner, before }: AuditFilter, limit: number): Promise<(AuditEntry & { seq: number })[]> {
    let query = this.tables.selectFrom('audit_log').selectAll();
    if (type !== undefined) query = query.where('type', '=', type);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    if (before !== undefined) query = query.where('seq', '<', before);
    return query.orderBy('seq', 'desc').limit(limit).execute();
  }

  /** Removes up to `limit` entries from before `time`; resolves with how many. */
  async forget(time: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.tables
      .deleteFrom('audit_log')
      .where('seq', 'in', (query) => query.selectFrom('audit_log').select('seq').where('at', '<', time).limit(limit))
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  private get tables() {
    return this.database.tables<AuditTables>();
  }
}
