import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import type { ToolContext } from '../tool';
import type { RefusalReason } from '../tool.events';
import type { Approval } from './approval';
import { ApprovalsService } from './approvals.service';
import type { AskedCall } from './asked-call';

/** Time between two looks at the database, where another replica may have taken the answer. */
const LOOK_MS = 1_000;

export type DeskAnswer = { granted: true } | { granted: false; reason: RefusalReason; explanation: string };

/**
 * Gets a person's word on a call. Where the caller can wait, the call is held until there is one; elsewhere the answer is that an approval
 * is pending, and the same call asked again later finds the decision.
 */
@Injectable()
export class ApprovalDesk {
  /** This process, as the holder of waiting calls. */
  readonly holder = randomUUID();
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly approvals: ApprovalsService,
    private readonly lifecycle: Lifecycle,
    events: EventBus,
  ) {
    const wake = ({ id }: { id: string }) => this.waiting.get(id)?.();
    events.on('approval.decided', wake);
    events.on('approval.expired', wake);
  }

  /** Rejects with the signal's reason when the turn ends first. */
  async ask(call: AskedCall, context: ToolContext): Promise<DeskAnswer> {
    const canWait = context.canWait === true;
    const standing = await this.approvals.standing(call);
    if (standing?.status === 'approved' && (await this.approvals.use(standing.id))) return { granted: true };
    if (standing?.status === 'denied') return denied(standing);
    if (standing?.status === 'pending' && !canWait) return leave(standing, context);
    const approval = await this.approvals.request(call, canWait ? this.holder : undefined);
    if (!approval) return tooMany();
    return canWait ? this.hold(approval, context) : leave(approval, context);
  }

  private async hold(approval: Approval, context: ToolContext): Promise<DeskAnswer> {
    const { id, tool, expiresAt } = approval;
    const release = context.onHeld?.({ approvalId: id, tool, expiresAt });
    try {
      const decided = await this.decision(id, context.signal);
      if (decided.status === 'denied') return denied(decided);
      return decided.status === 'approved' && (await this.approvals.use(id)) ? { granted: true } : expired(decided);
    } catch (error) {
      await this.approvals.expire(id);
      throw error;
    } finally {
      release?.();
    }
  }

  private async decision(id: string, signal: AbortSignal): Promise<Approval> {
    for (;;) {
      signal.throwIfAborted();
      const woken = this.nextLook(id, signal);
      await this.approvals.expireDue();
      // A gateway that stops lets its turns finish, and this one would wait for nobody.
      if (this.lifecycle.state === 'draining') await this.approvals.expire(id);
      const approval = await this.approvals.find(id);
      if (approval && approval.status !== 'pending') {
        this.waiting.get(id)?.();
        return approval;
      }
      await woken;
    }
  }

  /** Resolves when there is news, when the turn ends, and at the latest when it is time to look again. */
  private nextLook(id: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort);
    this.waiting.set(id, resolve);
    return promise.finally(() => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      if (this.waiting.get(id) === resolve) this.waiting.delete(id);
    });
  }
}

function leave({ id, tool, expiresAt }: Approval, context: ToolContext): DeskAnswer {
  context.onPending?.({ approvalId: id, tool, expiresAt });
  return {
    granted: false,
    reason: 'approval_pending',
    explanation:
      `this call of ${tool} was not made: it waits for a person, approval ${id}. Tell the user that someone has to approve it ` +
      `(POST /api/approvals/${id}); once that has happened, the same call goes through`,
  };
}

function denied({ id, note }: Approval): DeskAnswer {
  const why = note === undefined ? '' : `, saying: ${note}`;
  return {
    granted: false,
    reason: 'approval_denied',
    explanation: `a person has denied this call${why} (approval ${id}). Do not try it again; ask the user what to do instead`,
  };
}

function expired({ id }: Approval): DeskAnswer {
  return {
    granted: false,
    reason: 'approval_expired',
    explanation: `nobody decided about this call in time (approval ${id}). Tell the user that it needs somebody's approval`,
  };
}

function tooMany(): DeskAnswer {
  return {
    granted: false,
    reason: 'approval_queue',
    explanation: 'too many calls wait for a person already; wait until those are decided',
  };
}
