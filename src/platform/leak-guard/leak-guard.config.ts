import { IsBoolean, IsIn, IsNumber, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[security.outbound_leak_guard]`: what happens to credentials in the agent's answers. */
@Section('security.outbound_leak_guard', "Keeps credentials out of the agent's answers.", { closed: true })
export class LeakGuardConfig {
  @Key({ doc: "Look for credentials in the agent's answers and tool results before they leave.", live: true })
  @IsBoolean()
  enabled = true;

  @Key({
    doc: '"redact" replaces each credential by a mark. "block" withholds the whole answer; answers then arrive in one piece.',
    live: true,
  })
  @IsIn(['redact', 'block'])
  action: 'redact' | 'block' = 'redact';

  @Key({
    doc: 'From 0 to 1. Up to 0.5 only well-known credential formats are recognised; above it also assigned passwords and random-looking words.',
    live: true,
  })
  @IsNumber()
  @Min(0)
  @Max(1)
  sensitivity = 0.7;
}
