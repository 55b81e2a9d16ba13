import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module';
import { BudgetGate } from './budget-gate';
import { BudgetJudge } from './budget-judge';
import { BudgetWatch } from './budget-watch';
import { CallForecast } from './call-forecast';
import { CostBooks } from './cost-books';
import { CostBudget } from './cost-budget';
import { CostController } from './cost.controller';
import { CostMetrics, costMetricProviders } from './cost.metrics';
import { CostService } from './cost.service';
import { CostUpkeep } from './cost-upkeep';
import { ModelExperience } from './model-experience';
import { PriceList } from './price-list';
import { ReportRepository } from './report.repository';
import { ReservationRepository } from './reservation.repository';
import { SessionTotals } from './session-totals';
import { UsageRepository } from './usage.repository';
import { UsageRows } from './usage-rows';

/** What model calls cost and how much they may. Hangs its budget into the models room. */
@Module({
  imports: [ProvidersModule],
  controllers: [CostController],
  providers: [
    CostBudget,
    CostBooks,
    CostService,
    CostUpkeep,
    BudgetGate,
    BudgetJudge,
    BudgetWatch,
    CallForecast,
    ModelExperience,
    PriceList,
    SessionTotals,
    UsageRows,
    ReportRepository,
    ReservationRepository,
    UsageRepository,
    CostMetrics,
    ...costMetricProviders,
  ],
  exports: [PriceList],
})
export class CostModule {}
