import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { EventBus } from '../../platform/events/event-bus';
import { LeakGuard } from '../../platform/leak-guard/leak-guard';
import { ChannelHealth } from '../core/channel-health';

/** What deliveries report to and look up. */
@Injectable()
export class DeliveryKit {
  constructor(
    readonly health: ChannelHealth,
    readonly config: ConfigService,
    readonly guard: LeakGuard,
    readonly events: EventBus,
    readonly clock: Clock,
  ) {}
}
