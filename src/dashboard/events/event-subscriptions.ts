import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import { BearerGuard } from '../../platform/http/bearer.guard';
import type { GatewayRequest, Principal } from '../../platform/http/principal';
import { SseStream } from '../../platform/http/sse';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import type { BackgroundWork } from '../../platform/lifecycle/lifecycle';
import '../../pairing/pairing.events';
import { EventFeed } from './event-feed';
import { EventsConfig } from './events.config';
import type { FeedEvent, FeedType } from './feed-event';
import './feed.events';
import { positionOf } from './feed-position';
import type { GapReason } from './feed-position';
import { Subscription } from './subscription';

const LOOK_EVERY_MS = 1_000;
/** What a client that is behind gets to take its last events after the stream was ended. */
const FAREWELL_MS = 1_000;

interface Listener {
  request: GatewayRequest;
  response: ServerResponse;
  principal: Principal;
  subscription: Subscription;
}

/**
 * Who listens to the feed. A revoked token's streams end in the same moment, an expired one's within a second; when the gateway stops,
 * all of them end at once, after the last event.
 */
@Injectable()
export class EventSubscriptions implements OnApplicationBootstrap, OnApplicationShutdown, BackgroundWork {
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: EventFeed,
    private readonly config: ConfigService,
    private readonly guard: BearerGuard,
    private readonly lifecycle: Lifecycle,
    private readonly events: EventBus,
  ) {
    lifecycle.register(this);
    events.on('pairing.revoked', () => this.look());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Answers with the feed until the client leaves or the stream is ended. Throws 503 `events.too_many_subscribers` and `gateway.draining`.
   * @param after the id of the last event that the client has; undefined for the present
   */
  async serve(
    request: GatewayRequest,
    response: ServerResponse,
    principal: Principal,
    { types, after }: { types: ReadonlySet<FeedType> | undefined; after: string | undefined },
  ): Promise<void> {
    this.admit();
    if (response.closed) return;
    const { stalled_secs: stalledSecs } = this.config.get(EventsConfig);
    const stream = new SseStream(response, stalledSecs * 1000);
    const start = positionOf(after, this.feed.prefix, this.feed.ring);
    const wishes = { types, sees: viewOf(principal) };
    const onGap = (reason: GapReason) => this.events.emit('feed.gap', { reason });
    const subscription = new Subscription(this.feed, stream, wishes, onGap, start);
    const listener = { request, response, principal, subscription };
    this.listeners.add(listener);
    this.counted();
    response.once('close', () => {
      this.listeners.delete(listener);
      this.counted();
      // So that it does not wait for an event any longer.
      this.feed.wake();
    });
    await subscription.run();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.listeners].map((listener) => this.end(listener, () => listener.subscription.finish())));
  }

  private counted(): void {
    this.events.emit('feed.subscribers', { count: this.listeners.size });
  }

  private admit(): void {
    if (this.lifecycle.state === 'draining') {
      throw new AppError(
        503,
        'gateway.draining',
        'The gateway is stopping; listen again, another replica will answer',
        {
          retryAfter: 1,
          headers: { Connection: 'close' },
        },
      );
    }
    const { max_subscribers: most } = this.config.get(EventsConfig);
    if (this.listeners.size < most) return;
    const message = `${most} clients listen already: close one, or raise [events] max_subscribers`;
    throw new AppError(503, 'events.too_many_subscribers', message, { retryAfter: 5 });
  }

  /** Ends the streams of those who would not be let in any more. */
  private look(): void {
    for (const listener of this.listeners) {
      if (!this.isWelcome(listener)) void this.end(listener, () => listener.subscription.stop());
    }
  }

  private isWelcome({ request, principal }: Listener): boolean {
    try {
      return this.guard.authenticate(request).id === principal.id;
    } catch {
      return false;
    }
  }

  private async end({ response }: Listener, how: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (response.closed) resolve();
    response.once('close', resolve);
    const timer = setTimeout(() => response.destroy(), FAREWELL_MS);
    how();
    await promise;
    clearTimeout(timer);
  }
}

/** Who did what and in which session is for admins and for the one whose doing it is. */
function viewOf({ id, scopes }: Principal): (event: FeedEvent) => boolean {
  return scopes.includes('admin') ? () => true : ({ happening }) => happening.owner === id;
}
