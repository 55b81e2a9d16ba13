import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AuditConfig } from './audit.config';
import { AuditRepository } from './audit.repository';

const EVERY_MS = 3_600_000;
/** Rows per statement, so that nobody waits long for the database. */
const BATCH = 500;

/** Once an hour: removes entries that are older than `[audit] retention_days`, also those of a log that is off by now. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly repository: AuditRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    const before = this.clock.now() - this.config.get(AuditConfig).retention_days * 86_400_000;
    try {
      while (!this.stopped && (await this.repository.forget(before, BATCH)) === BATCH);
    } catch (error) {
      this.logger.warn({ err: error }, 'old audit entries could not be removed');
    }
  }
}
