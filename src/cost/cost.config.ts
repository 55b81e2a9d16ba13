import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** `[cost.prices."<provider>/<model>"]`, USD per million tokens. */
export class ModelPrice {
  @Key({ doc: 'USD per million input tokens.' })
  @IsNumber()
  @Min(0)
  input = 0;

  @Key({ doc: 'USD per million output tokens, reasoning included.' })
  @IsNumber()
  @Min(0)
  output = 0;

  @Key({ doc: 'USD per million input tokens that the host had cached. Left out: the price of input.' })
  @IsOptional()
  @IsNumber()
  @Min(0)
  cached?: number;
}

export const ENFORCEMENT_MODES = ['warn', 'route_down', 'block'] as const;
export type EnforcementMode = (typeof ENFORCEMENT_MODES)[number];

/** `[cost.enforcement]`: what happens to a call that a budget has no room for. */
export class CostEnforcement {
  @Key({
    doc: 'warn: it is made, and a limit that is passed is logged; block: it is refused with 402; route_down: the agent asks route_down_model instead, and what does not fit then either is refused.',
    live: true,
  })
  @IsIn(ENFORCEMENT_MODES)
  mode: EnforcementMode = 'warn';

  @Key({ doc: 'The cheaper model of route_down: hint:<hint> of a route or provider/model.', live: true })
  @IsString()
  @IsNotEmpty()
  route_down_model = 'hint:fast';

  @Key({ doc: 'Percent that are put aside on top of what a call is expected to cost.', live: true })
  @IsInt()
  @Min(0)
  @Max(100)
  reserve_percent = 10;
}

/** `[cost]`: what model calls cost and how much they may. */
@Section('cost', 'What model calls cost and how much they may. Days and months are those of UTC.')
export class CostConfig {
  @Key({ doc: 'Keep a record of the tokens and the price of every model call, and watch the limits.', live: true })
  @IsBoolean()
  enabled = false;

  @Key({ doc: 'USD per day. 0 leaves room for free models only.', live: true })
  @IsNumber()
  @Min(0)
  daily_limit_usd = 10;

  @Key({ doc: 'USD per month. 0 leaves room for free models only.', live: true })
  @IsNumber()
  @Min(0)
  monthly_limit_usd = 100;

  @Key({ doc: 'Percent of a limit from which on the log and the event cost.warning say so.', live: true })
  @IsInt()
  @Min(0)
  @Max(100)
  warn_at_percent = 80;

  @Key({
    doc: 'Days for which single calls are kept; the sums per day, model and token stay for two years.',
    live: true,
  })
  @IsInt()
  @Min(1)
  retention_days = 90;

  @Key({ doc: 'What happens to a call that a budget has no room for.', table: CostEnforcement, live: true })
  @IsObject()
  enforcement = new CostEnforcement();

  @Key({
    doc: 'Prices of your own, by provider/model or by model alone. They go before the built-in list; local providers are free.',
    table: ModelPrice,
    kind: 'map',
    live: true,
  })
  @IsObject()
  prices: Record<string, ModelPrice> = {};
}
