import { IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[lifecycle]`: how the gateway stops. */
@Section('lifecycle', 'How the gateway stops.')
export class LifecycleConfig {
  @Key({
    doc: "Seconds that running requests get to finish after SIGTERM. Keep it under the pod's terminationGracePeriodSeconds.",
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(3600)
  shutdown_grace_secs = 25;
}
