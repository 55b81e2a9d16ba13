import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { ActionRepository } from './action.repository';
import { AutonomyConfig } from './autonomy.config';

const HOUR_MS = 3_600_000;

/** `max_actions_per_hour` over all callers, replicas and restarts: a sliding hour, kept in the database. */
@Injectable()
export class ActionBudget {
  constructor(
    private readonly actions: ActionRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  get limit(): number {
    return this.config.get(AutonomyConfig).max_actions_per_hour;
  }

  /** Counts one action; when none is left, a sentence that says when one will be. */
  async take(): Promise<string | undefined> {
    const now = this.clock.now();
    if (await this.actions.take(now, now - HOUR_MS, this.limit)) return undefined;
    const { oldest = now } = await this.actions.countSince(now - HOUR_MS);
    const minutes = Math.max(1, Math.ceil((oldest + HOUR_MS - now) / 60_000));
    return (
      `the gateway has used up its ${this.limit} actions of the last hour ([autonomy] max_actions_per_hour); ` +
      `the next one is free in ${minutes} min`
    );
  }

  /** Actions of the last hour. */
  async used(): Promise<number> {
    return (await this.actions.countSince(this.clock.now() - HOUR_MS)).count;
  }
}
