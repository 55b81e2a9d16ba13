import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigEditor } from '../../platform/config/config-editor';
import { ConfigService } from '../../platform/config/config.service';
import type { TakenText } from '../../platform/config/file-config.service';
import { FileConfigService } from '../../platform/config/file-config.service';
import { ConfigHistoryConfig } from './config-history.config';
import type { Revision } from './revision.tables';
import { RevisionsRepository } from './revisions.repository';

/** Another process that sees the same file writes down the same change within this time. */
const SAME_CHANGE_MS = 60_000;

/**
 * Writes down every text of config.toml that the gateway takes up, without secrets: by the API, by pairing, by hand, and what changed while
 * no gateway ran. A database that does not answer costs the revision, not the change; the log says so.
 */
@Injectable()
export class ConfigHistory implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ConfigHistory.name);
  private work: Promise<void> = Promise.resolve();
  private endSubscription: (() => void) | undefined;

  constructor(
    private readonly revisions: RevisionsRepository,
    private readonly editor: ConfigEditor,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const { config } = this;
    if (!(config instanceof FileConfigService)) return;
    this.enqueue(config.text, { source: 'start', made_by: null, note: null, changed: '[]' });
    this.endSubscription = config.onText(({ text, keys, origin }: TakenText) => {
      const { source, by = null, note = null } = origin;
      this.enqueue(text, { source, made_by: by, note, changed: JSON.stringify(keys) });
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.endSubscription?.();
    await this.work;
  }

  /** Resolves when everything that was taken up so far is written down. */
  settled(): Promise<void> {
    return this.work;
  }

  private enqueue(text: string, about: Omit<Revision, 'at' | 'content'>): void {
    const at = this.clock.now();
    this.work = this.work
      .then(() => this.record({ ...about, at, content: this.editor.masked(text) }))
      .catch((error: unknown) =>
        this.logger.warn({ err: error }, 'a revision of config.toml could not be written down'),
      );
  }

  private async record(revision: Revision): Promise<void> {
    const { keep } = this.config.get(ConfigHistoryConfig);
    if (keep > 0 && !(await this.isKnown(revision))) await this.revisions.add(revision);
    await this.revisions.trim(keep);
  }

  /** A text without secrets looks the same when only a secret has changed: then its keys tell. */
  private async isKnown({ source, content, changed, at }: Revision): Promise<boolean> {
    if (source !== 'start' && source !== 'file') return false;
    const newest = await this.revisions.newest();
    if (newest?.content !== content) return newest === undefined && source === 'start' && content === '';
    return source === 'start' || changed === '[]' || (newest.changed === changed && at - newest.at < SAME_CHANGE_MS);
  }
}
