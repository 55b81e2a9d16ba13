import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import { LeakGuard } from '../../platform/leak-guard/leak-guard';
import { AutonomyConfig } from '../safety/autonomy.config';
import type { ApprovalNotice } from '../tool.events';
import type { Approval, ApprovalStatus } from './approval';
import { ApprovalRepository } from './approval.repository';
import { hashCall, shownArguments } from './asked-call';
import type { AskedCall } from './asked-call';

/** How long a process counts as alive without having renewed its leases. */
export const LEASE_MS = 30_000;
/** Calls of one owner that may wait at once. */
const MAX_PENDING = 20;

/** What people say about tool calls. An approval allows one call; the first answer is the answer. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly repository: ApprovalRepository,
    private readonly config: ConfigService,
    private readonly guard: LeakGuard,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** What stands already about this very call: a decision that still holds, or a question that nobody waits with. */
  standing(call: AskedCall): Promise<Approval | undefined> {
    return this.repository.standing(hashCall(call), this.clock.now());
  }

  /** Puts the question; undefined when too many of this owner are open. @param holder the process whose turn waits with it */
  async request(call: AskedCall, holder: string | undefined): Promise<Approval | undefined> {
    const now = this.clock.now();
    if ((await this.repository.countPending(call.owner)) >= MAX_PENDING) return undefined;
    const { owner, sessionId, door, tool, risk, reason } = call;
    // Short enough not to be taken for a credential where it is shown.
    const asked = { id: `apr_${randomBytes(7).toString('hex')}`, owner, sessionId, door, tool, risk, reason };
    const approval = {
      ...asked,
      arguments: shownArguments(call.args, (text) => this.guard.redact(text)),
      createdAt: now,
      expiresAt: now + this.lifeMs,
    };
    const held = holder === undefined ? undefined : { by: holder, until: now + LEASE_MS };
    await this.repository.add({ ...approval, callHash: hashCall(call), held });
    this.events.emit('approval.requested', asked);
    return { ...approval, status: 'pending', decidedBy: undefined, decidedAt: undefined, note: undefined };
  }

  find(id: string): Promise<Approval | undefined> {
    return this.repository.find(id);
  }

  /** Newest first; of one owner when given. */
  async list(status: ApprovalStatus | undefined, owner: string | undefined, limit: number): Promise<Approval[]> {
    await this.expireDue();
    return this.repository.list(status, owner, limit);
  }

  /** Throws `approvals.unknown`, or `approvals.decided` when another answer, or the time, was first. */
  async decide(id: string, decision: 'approve' | 'deny', by: string, note: string | undefined): Promise<Approval> {
    const at = this.clock.now();
    const status = decision === 'approve' ? 'approved' : 'denied';
    const decided = await this.repository.decide(id, { status, by, at, expiresAt: at + this.lifeMs, note });
    if (decided) {
      this.events.emit('approval.decided', { ...noticeOf(decided), outcome: status, decidedBy: by });
      return decided;
    }
    await this.expireDue();
    const found = await this.repository.find(id);
    if (!found) throw new AppError(404, 'approvals.unknown', `There is no approval ${id.slice(0, 64)}`);
    throw new AppError(409, 'approvals.decided', `The first answer counts: approval ${id} is ${found.status} already`);
  }

  /** Takes the call that was allowed; false when it was taken before or its time is over. */
  use(id: string): Promise<boolean> {
    return this.repository.use(id, this.clock.now());
  }

  /** Ends the waiting of one whose turn is gone. */
  async expire(id: string): Promise<void> {
    const expired = await this.repository.expire(id);
    this.announce(expired ? [expired] : []);
  }

  /** Ends the waiting of all whose time is over, or whose process has died. */
  async expireDue(): Promise<void> {
    this.announce(await this.repository.expireDue(this.clock.now()));
  }

  /** At the boot of the only process on this database: the turns that waited are gone. */
  async expireHeld(): Promise<void> {
    this.announce(await this.repository.expireHeld());
  }

  private announce(expired: readonly Approval[]): void {
    for (const approval of expired) this.events.emit('approval.expired', noticeOf(approval));
  }

  private get lifeMs(): number {
    return this.config.get(AutonomyConfig).approval_timeout_secs * 1000;
  }
}

function noticeOf({ id, owner, sessionId, door, tool, risk }: Approval): ApprovalNotice {
  return { id, owner, sessionId, door, tool, risk };
}
