import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database/database';
import { ApprovalDesk } from './approval-desk';
import { ApprovalRepository } from './approval.repository';
import { ApprovalsService, LEASE_MS } from './approvals.service';

const EVERY_MS = LEASE_MS / 3;
const KEPT_MS = 30 * 86_400_000;

/** Ends what nobody waits for any more: at the boot what a killed process left behind, then every few seconds. Forgets after 30 days. */
@Injectable()
export class ApprovalUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ApprovalUpkeep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly approvals: ApprovalsService,
    private readonly repository: ApprovalRepository,
    private readonly desk: ApprovalDesk,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // On a server other replicas may wait; theirs end with their leases.
    if (this.database.dialect === 'sqlite') await this.approvals.expireHeld();
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    try {
      const now = this.clock.now();
      await this.repository.renewLeases(this.desk.holder, now + LEASE_MS);
      await this.approvals.expireDue();
      await this.repository.deleteOld(now - KEPT_MS);
    } catch (error) {
      this.logger.warn({ err: error }, 'the upkeep of approvals failed and is tried again');
    }
  }
}
