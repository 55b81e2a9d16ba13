import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import '../../channels/core/channel.events';
import '../../cron/cron.events';
import '../../tunnel/tunnel.events';
import { EventBus } from '../../platform/events/event-bus';
import { EventFeed } from './event-feed';

/** What the channels, the scheduler and the tunnel announce, as events of the feed: how it went, never what was said. */
@Injectable()
export class DoorSources implements OnModuleInit {
  constructor(
    private readonly feed: EventFeed,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    const { events, feed } = this;
    events.on('channel.message', ({ channel, direction, outcome, seconds }) => {
      const durationMs = seconds === undefined ? undefined : Math.round(seconds * 1000);
      feed.announce({ type: 'channel_message', fields: { channel, direction, outcome, duration_ms: durationMs } });
    });
    events.on('cron.run', ({ id, jobId, kind, status, trigger, dueAt, startedAt, finishedAt, runId, owner, name }) => {
      feed.announce({
        type: 'cron_run',
        fields: {
          id,
          job_id: jobId,
          kind,
          status,
          trigger,
          due_at: dueAt === undefined ? null : new Date(dueAt).toISOString(),
          duration_ms: startedAt === undefined || finishedAt === undefined ? undefined : finishedAt - startedAt,
          run_id: runId,
        },
        details: { owner, name },
        owner,
      });
    });
    events.on('tunnel.up', ({ provider, url }) => {
      feed.announce({ type: 'tunnel', fields: { action: 'up', provider, url } });
    });
    events.on('tunnel.down', ({ provider, reason }) => {
      feed.announce({ type: 'tunnel', fields: { action: 'down', provider }, details: { reason } });
    });
  }
}
