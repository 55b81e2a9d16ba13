import { Injectable } from '@nestjs/common';
import { ConfigEditor } from '../../platform/config/config-editor';
import type { ConfigWrite, ConfigWritten } from '../../platform/config/config-editor';
import { AppError } from '../../platform/errors/app-error';
import { ConfigHistory } from './config-history';
import type { StoredRevision } from './revision.tables';
import { RevisionsRepository } from './revisions.repository';
import { unifiedDiff } from './unified-diff';

/** What config.toml said before: to look at, to compare, to go back to. */
@Injectable()
export class ConfigRevisions {
  constructor(
    private readonly repository: RevisionsRepository,
    private readonly history: ConfigHistory,
    private readonly editor: ConfigEditor,
  ) {}

  /** Null while none is kept. */
  async newestId(): Promise<string | null> {
    await this.history.settled();
    const newest = await this.repository.newest();
    return newest ? String(newest.seq) : null;
  }

  async page(limit: number, before?: number): Promise<StoredRevision[]> {
    await this.history.settled();
    return this.repository.page(limit, before);
  }

  /** A revision and what has changed from it to another, or to the present file. */
  async compare(id: string, against: string | undefined): Promise<{ revision: StoredRevision; diff: string | null }> {
    await this.history.settled();
    const revision = await this.get(id);
    const isPresent = against === undefined || against === 'current';
    const other = isPresent ? (await this.editor.read()).content : (await this.get(against)).content;
    const names = [`config.toml (revision ${id})`, isPresent ? 'config.toml' : `config.toml (revision ${against})`];
    return { revision, diff: await unifiedDiff(names[0] ?? '', revision.content, names[1] ?? '', other) };
  }

  /** Writes the text of a revision again. Secrets keep their present values; one that is not there any more becomes empty. */
  async rollBack(id: string, write: ConfigWrite): Promise<ConfigWritten> {
    await this.history.settled();
    const { content } = await this.get(id);
    return this.editor.replace(content, { ...write, note: `rollback to ${id}`, emptyLost: true });
  }

  private async get(id: string): Promise<StoredRevision> {
    const found = /^[1-9]\d{0,14}$/.test(id) ? await this.repository.get(Number(id)) : undefined;
    if (found) return found;
    const sentence = 'There is no such revision (any more): GET /api/config/revisions lists them';
    throw new AppError(404, 'config.unknown_revision', sentence);
  }
}
