import { Controller, Get, Query } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Scopes } from '../platform/http/marks';
import { ConfigService } from '../platform/config/config.service';
import { CostQuery } from './cost-query.dto';
import { CostConfig } from './cost.config';
import { CostService } from './cost.service';
import { viewCost } from './cost.view';
import { SessionTotals } from './session-totals';

/** `GET /api/cost`: what the model calls have cost. */
@Controller('api/cost')
@Documented(() => require('./cost.openapi') as typeof import('./cost.openapi'))
export class CostController {
  constructor(
    private readonly cost: CostService,
    private readonly session: SessionTotals,
    private readonly config: ConfigService,
  ) {}

  @Get()
  @Scopes('read')
  async show(@Query() query: CostQuery) {
    const spent = await this.cost.spent();
    const report = await this.cost.report(query);
    return { cost: viewCost(this.config.get(CostConfig), this.session.byModel(), spent, report) };
  }
}
