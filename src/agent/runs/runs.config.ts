import { IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** `[runs]`: how long a turn can be looked at and resumed. */
@Section(
  'runs',
  'Every turn is a run that can be followed, resumed and cancelled: how long and how much of it is kept.',
)
export class RunsConfig {
  @Key({ doc: 'Seconds after its end for which a run can still be replayed event by event.', live: true })
  @IsInt()
  @Min(0)
  @Max(86_400)
  replay_secs = 300;

  @Key({
    doc: 'Kilobytes of events kept of one run; a longer one loses its oldest, and resuming before them answers 410.',
    live: true,
  })
  @IsInt()
  @Min(16)
  @Max(1_048_576)
  max_run_kb = 2_048;

  @Key({
    doc: 'Megabytes of events kept of all runs together; the runs that finished first go first.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(65_536)
  max_total_mb = 16;

  @Key({ doc: 'Runs that nobody waits for (WebSocket, pushed messages, cron) at once at the most.', live: true })
  @IsInt()
  @Min(1)
  @Max(100_000)
  max_detached = 1_000;

  @Key({
    doc: 'Days for which the list of runs is kept: who, when, which model, how it ended. Never what was said.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(36_500)
  retention_days = 30;
}
