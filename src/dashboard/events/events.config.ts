import { IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** `[events]`: the live feed at `GET /api/events`. */
@Section('events', 'The live feed at GET /api/events.')
export class EventsConfig {
  @Key({ doc: 'Events kept for clients that come back. The oldest go first; 8 MB is the most they take.' })
  @IsInt()
  @Min(256)
  @Max(65_536)
  buffer = 4096;

  @Key({ doc: 'Clients that may listen at once; a further one is answered 503.', live: true })
  @IsInt()
  @Min(1)
  @Max(10_000)
  max_subscribers = 256;

  @Key({ doc: 'Seconds that a client may leave its connection full before it is cut.', live: true })
  @IsInt()
  @Min(1)
  @Max(600)
  stalled_secs = 30;
}
