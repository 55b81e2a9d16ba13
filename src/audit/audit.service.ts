import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { currentRequestId } from '../platform/logging/request-context';
import { AuditConfig } from './audit.config';
import { AuditRepository } from './audit.repository';
import type { AuditFilter } from './audit.repository';
import type { AuditEntry, AuditType } from './audit.tables';

const WRITE_AFTER_MS = 500;
const TRY_AGAIN_AFTER_MS = 5_000;
/** What waits for a database that does not answer; beyond, the oldest are given up and the log says so. */
const MOST_WAITING = 10_000;
/** The embedded database holds everything up while it writes, so that those who wait get their turn after so many. */
const ROWS_IN_A_ROW = 200;
const LONGEST_TEXT = 300;

/** What happened, in the words of whoever saw it. */
export interface Happening {
  type: AuditType;
  outcome: string;
  owner?: string | undefined;
  target?: string | undefined;
  door?: string | undefined;
  detail?: string | undefined;
}

/** The audit log. Noting costs no more than a list entry; what was noted is in the database half a second later, and before the process ends. */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditService.name);
  private readonly waiting: AuditEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: AuditRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Takes the time and the request that is being served along. */
  note({ type, outcome, owner, target, door, detail }: Happening): void {
    if (!this.config.get(AuditConfig).enabled) return;
    this.waiting.push({
      at: this.clock.now(),
      type,
      owner: short(owner),
      target: short(target),
      outcome,
      door: door ?? null,
      request_id: currentRequestId() ?? null,
      detail: short(detail),
    });
    this.soon(WRITE_AFTER_MS);
  }

  /** The newest first, everything noted so far included. */
  async page(filter: AuditFilter, limit: number): Promise<(AuditEntry & { seq: number })[]> {
    await this.write();
    return this.repository.page(filter, limit);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }

  private soon(milliseconds: number): void {
    this.timer ??= setTimeout(() => void this.write(), milliseconds).unref();
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeWaiting());
    return this.writing;
  }

  private async writeWaiting(): Promise<void> {
    try {
      for (let left = this.waiting.length; left > 0; left -= ROWS_IN_A_ROW) {
        const entries = this.waiting.slice(0, Math.min(left, ROWS_IN_A_ROW));
        await this.repository.add(entries);
        this.waiting.splice(0, entries.length);
        if (left > ROWS_IN_A_ROW) await nextTurn();
      }
    } catch (error) {
      this.logger.warn({ err: error }, `${this.waiting.length} audit entries could not be written, trying again`);
      const lost = this.waiting.splice(0, Math.max(0, this.waiting.length - MOST_WAITING));
      if (lost.length > 0) this.logger.error(`${lost.length} audit entries are lost`);
      this.soon(TRY_AGAIN_AFTER_MS);
    }
  }
}

/** Callers choose some of the names; one that a database refuses would hold up the whole batch. */
function short(text: string | undefined): string | null {
  if (text === undefined) return null;
  const plain = text.slice(0, LONGEST_TEXT).replaceAll(/\p{Cc}|\p{Cs}/gu, '?');
  return text.length > LONGEST_TEXT ? `${plain}…` : plain;
}
