import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** `[audit]`: who did what and when. */
@Section('audit', 'Who did what and when: turns, tools, approvals, pairing, configuration. Never what was said.')
export class AuditConfig {
  @Key({ doc: 'Keep an audit log.', live: true })
  @IsBoolean()
  enabled = true;

  @Key({ doc: 'Days for which its entries are kept.', live: true })
  @IsInt()
  @Min(1)
  @Max(36_500)
  retention_days = 90;
}
