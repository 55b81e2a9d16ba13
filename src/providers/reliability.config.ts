import { IsArray, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';
import { IsTextListMap, IsTextMap } from './text-map';

/** `[reliability]`: what happens when a model host fails. Everything here acts before the first byte of an answer. */
@Section(
  'reliability',
  'What happens when a model host fails. Retries and fallbacks act before the first byte of an answer.',
)
export class ReliabilityConfig {
  @Key({ doc: 'Further attempts at the same provider after a failure that may pass.', live: true })
  @IsInt()
  @Min(0)
  @Max(10)
  provider_retries = 2;

  @Key({
    doc: 'Milliseconds before the first retry; each further one waits twice as long, 10 s at the most. A Retry-After of up to 30 s goes first.',
    live: true,
  })
  @IsInt()
  @Min(50)
  @Max(10_000)
  provider_backoff_ms = 500;

  @Key({ doc: 'Providers that are asked in this order when the default one fails.', live: true, example: ['groq'] })
  @IsArray()
  @IsString({ each: true })
  fallback_providers: string[] = [];

  @Key({ doc: 'Keys of fallback providers, by provider.', secret: true, live: true })
  @IsTextMap()
  fallback_api_keys: Record<string, string> = {};

  @Key({
    doc: 'Further keys of the default provider: the next one is taken when the host refuses or limits one.',
    secret: true,
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  api_keys: string[] = [];

  @Key({
    doc: 'Models to try when a model fails, by model; under the name of a fallback provider: the models to ask there.',
    live: true,
  })
  @IsTextListMap()
  model_fallbacks: Record<string, string[]> = {};

  @Key({ doc: 'Seconds until a streamed answer starts.', live: true })
  @IsInt()
  @Min(1)
  @Max(3600)
  provider_first_byte_timeout_secs = 120;

  @Key({ doc: 'Seconds until an answer that is not streamed is there.', live: true })
  @IsInt()
  @Min(1)
  @Max(3600)
  provider_answer_timeout_secs = 600;

  @Key({ doc: 'Seconds of silence within an answer after which it counts as broken off.', live: true })
  @IsInt()
  @Min(1)
  @Max(3600)
  provider_idle_timeout_secs = 120;

  @Key({
    doc: 'Failures in a row (server errors, timeouts, no connection) after which a provider is left alone; 0 never does so.',
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(1000)
  circuit_failure_threshold = 5;

  @Key({ doc: 'Seconds for which a failing provider is left alone before one call tries it again.', live: true })
  @IsInt()
  @Min(1)
  @Max(3600)
  circuit_cooldown_secs = 30;

  @Key({
    doc: 'Seconds between two looks of the scheduler at the database, for jobs of other processes and clocks that jump. A due job does not wait for it.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(300)
  scheduler_poll_secs = 15;

  @Key({
    doc: 'Further attempts of a scheduled prompt, within the same run, after a failure of the model host that may pass.',
    live: true,
  })
  @IsInt()
  @Min(0)
  @Max(10)
  scheduler_retries = 2;
}
