import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { EventRing } from './event-ring';
import { EventsConfig } from './events.config';
import type { Happening } from './feed-event';

const RING_BYTES = 8_388_608;

/**
 * What has happened in this process lately. Announcing costs no more than a list entry: nothing is put into words and nobody is waited for.
 * Readers come for it with the number of the last event they have; there is no queue per reader.
 */
@Injectable()
export class EventFeed {
  /** Begins every id, so that one from an earlier or another process is known as such. */
  readonly prefix = `${randomBytes(6).toString('hex')}-`;
  readonly ring: EventRing;
  private waiting: PromiseWithResolvers<void> | undefined;
  private isWaking = false;

  constructor(
    config: ConfigService,
    private readonly clock: Clock,
  ) {
    this.ring = new EventRing({ events: config.get(EventsConfig).buffer, bytes: RING_BYTES });
  }

  announce(happening: Happening): void {
    this.ring.add(this.clock.now(), happening);
    if (this.waiting === undefined || this.isWaking) return;
    // Later in the same round of the event loop, so that events that come together are written together.
    this.isWaking = true;
    setImmediate(() => this.wake());
  }

  /** The present, as events write it (RFC 3339, UTC). */
  timestamp(): string {
    return new Date(this.clock.now()).toISOString();
  }

  /** Resolves after the next event, or when `wake` is called. */
  news(): Promise<void> {
    this.waiting ??= Promise.withResolvers();
    return this.waiting.promise;
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    const { waiting } = this;
    this.isWaking = false;
    this.waiting = undefined;
    waiting?.resolve();
  }
}
