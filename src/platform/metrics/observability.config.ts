import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[observability]`: what the gateway tells about itself. */
@Section('observability', 'What the gateway tells about itself.')
export class ObservabilityConfig {
  @Key({ doc: 'prometheus serves /metrics; none turns it off.' })
  @IsIn(['prometheus', 'none', 'log', 'otel'])
  backend: 'prometheus' | 'none' | 'log' | 'otel' = 'prometheus';

  @Key({
    doc: 'A second port that serves only /metrics, without a token: for scraping inside a cluster. Guard it with a NetworkPolicy. 0 is off.',
    env: 'ZEROCLAW_METRICS_PORT',
  })
  @IsInt()
  @Min(0)
  @Max(65_535)
  metrics_port = 0;

  @Key({ doc: 'Address of the second port; the host of the gateway when empty.' })
  @IsOptional()
  @IsString()
  metrics_host = '';
}
