import { IsBoolean, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** `[channels_config]`: what holds for every messaging channel. Each channel has a table of its own below it. */
@Section(
  'channels_config',
  'What holds for every messaging channel; each has a table of its own. See docs/channels.md.',
)
export class ChannelsConfig {
  @Key({ doc: "ZeroClaw's own terminal; kept so that its files load, the gateway has none.", live: true })
  @IsBoolean()
  cli = true;

  @Key({ doc: 'Seconds that answering one message may take before it counts as failed.', live: true })
  @IsInt()
  @Min(1)
  @Max(86_400)
  message_timeout_secs = 300;

  @Key({
    doc: 'Messages that are answered at the same time, over all conversations; those of one go one after the other.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(10_000)
  max_concurrent_messages = 16;

  @Key({ doc: 'How often a message is tried before it goes to the dead letters.', live: true })
  @IsInt()
  @Min(1)
  @Max(100)
  max_attempts = 5;

  @Key({ doc: 'Said when a message goes to the dead letters; empty says nothing.', live: true })
  @IsString()
  apology = "Sorry, I couldn't process your message right now.";

  @Key({
    doc: 'Seconds. An older message that comes up for the first time is recorded, not answered; 0 answers all.',
    live: true,
  })
  @IsInt()
  @Min(0)
  max_message_age_secs = 3_600;

  @Key({
    doc: 'Days for which a message is remembered, so that the platform can deliver it again without a second answer.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(3_650)
  dedupe_ttl_days = 30;

  @Key({ doc: 'Parts of answers that are sent at the same time to one platform.', live: true })
  @IsInt()
  @Min(1)
  @Max(1_000)
  max_concurrent_deliveries = 8;

  @Key({ doc: 'Seconds after which an answer that its platform does not take goes to the dead letters.', live: true })
  @IsInt()
  @Min(60)
  max_delivery_age_secs = 86_400;

  @Key({ doc: 'Bytes of one delivery by a platform.', live: true })
  @IsInt()
  @Min(1_024)
  @Max(33_554_432)
  max_body_bytes = 1_048_576;

  @Key({ doc: 'Deliveries per minute and client address, genuine or not; 0 is unlimited.', live: true })
  @IsInt()
  @Min(0)
  max_requests_per_minute = 60_000;

  @Key({
    doc: 'Messages per minute of one sender; 0 is unlimited. The platform is asked to bring the rest later.',
    live: true,
  })
  @IsInt()
  @Min(0)
  max_sender_messages_per_minute = 300;
}
