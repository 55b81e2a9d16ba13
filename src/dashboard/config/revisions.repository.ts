import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Revision, RevisionTables, StoredRevision } from './revision.tables';

/** The history of config.toml in the database. Revisions are added and, when there are too many, removed; never changed. */
@Injectable()
export class RevisionsRepository {
  constructor(private readonly database: Database) {}

  async add(revision: Revision): Promise<number> {
    const { seq } = await this.tables
      .insertInto('config_revisions')
      .values(revision)
      .returning('seq')
      .executeTakeFirstOrThrow();
    return Number(seq);
  }

  async newest(): Promise<StoredRevision | undefined> {
    return this.tables.selectFrom('config_revisions').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst();
  }

  async get(seq: number): Promise<StoredRevision | undefined> {
    return this.tables.selectFrom('config_revisions').selectAll().where('seq', '=', seq).executeTakeFirst();
  }

  /** The newest first. */
  async page(limit: number, before?: number): Promise<StoredRevision[]> {
    let query = this.tables.selectFrom('config_revisions').selectAll();
    if (before !== undefined) query = query.where('seq', '<', before);
    return query.orderBy('seq', 'desc').limit(limit).execute();
  }

  /** Removes all but the newest `keep`. */
  async trim(keep: number): Promise<void> {
    const newest = this.tables
      .selectFrom('config_revisions')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .offset(keep);
    await this.tables.deleteFrom('config_revisions').where('seq', '<=', newest).execute();
  }

  private get tables() {
    return this.database.tables<RevisionTables>();
  }
}
