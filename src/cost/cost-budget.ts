import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { ModelBudget } from '../providers/model-budget';
import type { Booking, PlannedCall } from '../providers/model-budget';
import { ModelsService } from '../providers/models.service';
import { BookedCall } from './booked-call';
import { BudgetGate } from './budget-gate';
import { CostBooks } from './cost-books';
import { CostConfig } from './cost.config';

/** The budget of every model call, as `[cost]` says at the moment: off, only counted, or asked first. */
@Injectable()
export class CostBudget extends ModelBudget implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(CostBudget.name);

  constructor(
    private readonly config: ConfigService,
    private readonly models: ModelsService,
    private readonly books: CostBooks,
    private readonly gate: BudgetGate,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    this.models.useBudget(this);
  }

  onApplicationBootstrap(): void {
    const { enabled, enforcement } = this.config.get(CostConfig);
    if (!enabled || enforcement.mode !== 'route_down') return;
    if (this.models.resolve(enforcement.route_down_model)) return;
    this.logger.warn(
      `[cost.enforcement] route_down_model "${enforcement.route_down_model}" is no model that can be asked, so calls without room in the ` +
        'budget are refused: add a [[model_routes]] with this hint, or name a configured provider/model',
    );
  }

  override book(call: PlannedCall): Booking | Promise<Booking> | undefined {
    const { enabled, enforcement } = this.config.get(CostConfig);
    if (!enabled) return undefined;
    if (enforcement.mode !== 'warn') return this.gate.admit(call);
    const booked = new BookedCall(call, this.clock.now(), this.books);
    this.books.follow(booked);
    return booked;
  }
}
