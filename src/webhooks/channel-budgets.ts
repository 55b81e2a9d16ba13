import { Injectable } from '@nestjs/common';
import { ChannelsConfig } from '../channels/channels.config';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { SlidingWindows } from '../platform/http/sliding-window';

/** Clients and senders that are remembered; the least recently active one makes room. */
const MOST_KEYS = 10_000;

/** How much of it one client address, and one sender, may bring per minute. */
@Injectable()
export class ChannelBudgets {
  private readonly clients = new SlidingWindows(MOST_KEYS);
  private readonly senders = new SlidingWindows(MOST_KEYS);

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** One request more; the seconds to wait when it is one too many. */
  request(clientKey: string): number | undefined {
    return this.hit(this.clients, clientKey, this.config.get(ChannelsConfig).max_requests_per_minute);
  }

  /** One message more; the seconds to wait when it is one too many. */
  message(channel: string, sender: string): number | undefined {
    return this.hit(
      this.senders,
      `${channel} ${sender}`,
      this.config.get(ChannelsConfig).max_sender_messages_per_minute,
    );
  }

  private hit(windows: SlidingWindows, key: string, limit: number): number | undefined {
    if (limit === 0) return undefined;
    const { allowed, retrySeconds } = windows.hit(key, this.clock.now(), limit);
    return allowed ? undefined : retrySeconds;
  }
}
