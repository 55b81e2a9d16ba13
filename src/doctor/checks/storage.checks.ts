import { randomUUID } from 'node:crypto';
import { access, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { ConfigService } from '../../platform/config/config.service';
import { Database } from '../../platform/database/database';
import { migrations } from '../../platform/database/migrations';
import { Workspace } from '../../tools/safety/workspace';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

const MB = 1_000_000;
const LITTLE_BYTES = 500 * MB;
const TOO_LITTLE_BYTES = 100 * MB;

class Undone extends Error {}

/** Where the gateway writes. */
@Injectable()
export class StorageChecks implements CheckList {
  constructor(
    private readonly database: Database,
    private readonly config: ConfigService,
    private readonly workspace: Workspace,
  ) {}

  checks(): readonly Check[] {
    return [
      { id: 'database.writable', run: () => this.databaseWritable() },
      { id: 'database.migrated', run: () => this.migrated() },
      { id: 'data.writable', run: () => this.dataWritable() },
      { id: 'data.space', run: () => this.space() },
      { id: 'workspace.writable', run: () => folderWritable(this.workspace.path, 'workspace') },
    ];
  }

  /** A real write that is taken back. */
  private async databaseWritable(): Promise<Finding[]> {
    const table = sql.table(`doctor_${randomUUID().replaceAll('-', '')}`);
    try {
      await this.database
        .tables()
        .transaction()
        .execute(async (trx) => {
          await sql`create table ${table} (value integer)`.execute(trx);
          await sql`insert into ${table} values (1)`.execute(trx);
          throw new Undone();
        });
    } catch (error) {
      if (!(error instanceof Undone)) {
        return [
          fail(
            `The database cannot be written: ${(error as Error).message}`,
            'Look at [storage] and the rights of its file or role.',
          ),
        ];
      }
    }
    return [ok(`The database (${this.database.dialect}) takes writes.`)];
  }

  private async migrated(): Promise<Finding[]> {
    const known = Object.keys(migrations(this.database.dialect));
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      this.database.tables(),
    );
    const done = new Set(rows.map(({ name }) => name));
    const missing = known.filter((name) => !done.has(name));
    const newer = [...done].filter((name) => !known.includes(name));
    if (missing.length > 0)
      return [
        fail(`The database lacks ${missing.join(', ')}.`, 'Start the gateway anew: it brings the tables up to date.'),
      ];
    if (newer.length > 0) {
      return [
        warn(
          `A newer gateway has brought the database to ${newer.at(-1)}.`,
          'Finish the update: start this process with the newer version too.',
        ),
      ];
    }
    return [ok(`The tables are up to date (${known.at(-1)}).`)];
  }

  private async dataWritable(): Promise<Finding[]> {
    return (await this.isDataElsewhere()) ? [] : folderWritable(this.config.dataDir, 'data folder');
  }

  private async space(): Promise<Finding[]> {
    if (await this.isDataElsewhere()) return [];
    await mkdir(this.config.dataDir, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.config.dataDir);
    const free = bavail * bsize;
    const sentence = `${this.config.dataDir} has ${free > 10_000 * MB ? `${Math.round(free / 1_000 / MB)} GB` : `${Math.round(free / MB)} MB`} left.`;
    const advice = 'Make room: without it messages are refused, because they cannot be kept.';
    if (free < TOO_LITTLE_BYTES) return [fail(sentence, advice)];
    return [free < LITTLE_BYTES ? warn(sentence, advice) : ok(sentence)];
  }

  /** A server keeps it, and nobody has made the folder. */
  private async isDataElsewhere(): Promise<boolean> {
    if (this.database.dialect === 'sqlite') return false;
    return access(this.config.dataDir).then(
      () => false,
      () => true,
    );
  }
}

async function folderWritable(folder: string, what: string): Promise<Finding[]> {
  const file = join(folder, `.doctor-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, 'x', { mode: 0o600 });
    return [ok(`The ${what} ${folder} takes writes.`)];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [
      fail(`The ${what} ${folder} cannot be written (${code ?? String(error)}).`, "Give it to the gateway's user."),
    ];
  } finally {
    await rm(file, { force: true });
  }
}
