import { IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** `[config_history]`: what this file said before. */
@Section('config_history', 'What this file said before, without secrets: GET /api/config/revisions.')
export class ConfigHistoryConfig {
  @Key({ doc: 'Revisions that are kept; 0 keeps none.', live: true })
  @IsInt()
  @Min(0)
  @Max(10_000)
  keep = 50;
}
