import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import '../agent/agent.events';
import '../channels/core/channel.events';
import '../cost/cost.events';
import '../cron/cron.events';
import '../pairing/pairing.events';
import { EventBus } from '../platform/events/event-bus';
import '../tools/tool.events';
import { AuditService } from './audit.service';

/** What of all that is announced goes into the audit log: who did what to what, and how it ended. */
@Injectable()
export class AuditedEvents implements OnApplicationBootstrap {
  constructor(
    private readonly events: EventBus,
    private readonly audit: AuditService,
  ) {}

  onApplicationBootstrap(): void {
    this.pairing();
    this.turns();
    this.approvals();
    this.jobs();
    this.channels();
    this.operation();
  }

  private pairing(): void {
    const { events, audit } = this;
    events.on('pairing.paired', ({ deviceId, client }) =>
      audit.note({ type: 'pairing.paired', outcome: 'ok', owner: deviceId, target: client }),
    );
    events.on('pairing.failed', ({ client, reason }) =>
      audit.note({ type: 'pairing.failed', outcome: 'denied', target: client, detail: reason }),
    );
    events.on('pairing.code_issued', ({ by, scopes }) =>
      audit.note({ type: 'pairing.code_issued', outcome: 'ok', owner: by, detail: scopes.join(' ') }),
    );
    events.on('pairing.codes_withdrawn', ({ guesses }) =>
      audit.note({ type: 'pairing.codes_withdrawn', outcome: 'ok', detail: `${guesses} wrong codes` }),
    );
    events.on('pairing.device_revoked', ({ deviceId, by }) =>
      audit.note({ type: 'pairing.device_revoked', outcome: 'ok', owner: by, target: deviceId }),
    );
  }

  /** One entry per turn, at its end, and one per call of a tool. */
  private turns(): void {
    const { events, audit } = this;
    events.on('turn.finished', ({ owner, door, sessionId, outcome, model }) =>
      audit.note({ type: 'turn', outcome, owner, door, target: sessionId, detail: model }),
    );
    events.on('tool.called', ({ owner, door, tool, success }) =>
      audit.note({ type: 'tool', outcome: success ? 'ok' : 'error', owner, door, target: tool }),
    );
    events.on('tool.refused', ({ owner, door, tool, reason }) =>
      audit.note({ type: 'tool.refused', outcome: 'denied', owner, door, target: tool, detail: reason }),
    );
  }

  private approvals(): void {
    const { events, audit } = this;
    events.on('approval.requested', ({ id, owner, door, tool, risk }) =>
      audit.note({
        type: 'approval.requested',
        outcome: 'pending',
        owner,
        door,
        target: id,
        detail: `${tool} ${risk}`,
      }),
    );
    events.on('approval.decided', ({ id, door, tool, outcome, decidedBy }) =>
      audit.note({ type: 'approval.decided', outcome, owner: decidedBy, door, target: id, detail: tool }),
    );
    events.on('approval.expired', ({ id, owner, door, tool }) =>
      audit.note({ type: 'approval.expired', outcome: 'expired', owner, door, target: id, detail: tool }),
    );
  }

  /** Who changes jobs, and how each run ended. */
  private jobs(): void {
    const { events, audit } = this;
    events.on('cron.job', ({ id, by, kind, change }) =>
      audit.note({ type: 'cron.job', outcome: change, owner: by, target: id, detail: kind }),
    );
    events.on('cron.run', ({ jobId, owner, kind, status }) => {
      if (status === 'running') return;
      audit.note({ type: 'cron.run', outcome: status, owner, door: 'cron', target: jobId, detail: kind });
    });
  }

  /** What a person did about a message by hand; what passes through the channels are turns. */
  private channels(): void {
    this.events.on('channel.handled', ({ channel, id, action, by }) =>
      this.audit.note({ type: `channel.${action}`, outcome: 'ok', owner: by, target: id, detail: channel }),
    );
  }

  private operation(): void {
    const { events, audit } = this;
    events.on('cost.enforced', ({ owner, period, action }) =>
      audit.note({ type: 'budget', outcome: action, owner, target: period }),
    );
    events.on('config.changed', ({ keys, needRestart, by, source }) =>
      audit.note({
        type: 'config.changed',
        outcome: needRestart.length > 0 ? 'needs_restart' : 'ok',
        owner: by,
        target: keys.join(' '),
        detail: source,
      }),
    );
  }
}
