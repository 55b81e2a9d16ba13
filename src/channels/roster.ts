import type { Type } from '@nestjs/common';
import type { SectionClass } from '../platform/config/section';
import { NextcloudTalkConfig } from './nextcloud-talk/nextcloud-talk.config';
import { NextcloudTalkModule } from './nextcloud-talk/nextcloud-talk.module';
import { SlackConfig } from './slack/slack.config';
import { SlackModule } from './slack/slack.module';
import { TelegramConfig } from './telegram/telegram.config';
import { TelegramModule } from './telegram/telegram.module';
import { LinqModule } from './linq/linq.module';
import { LinqConfig } from './linq/linq.config';
import { WhatsAppModule } from './whatsapp/whatsapp.module';
import { WhatsAppConfig } from './whatsapp/whatsapp.config';
import { GithubConfig } from './github/github.config';
import { GithubModule } from './github/github.module';
import { GenericWebhookConfig } from './generic-webhook/generic-webhook.config';
import { GenericWebhookModule } from './generic-webhook/generic-webhook.module';

/** A channel that the gateway knows: what Nest loads, and the table that configures it. */
export interface RosterEntry {
  module: Type;
  config: SectionClass;
}

/** Every channel of the gateway, one line each. */
export const roster: readonly RosterEntry[] = [
  { module: GithubModule, config: GithubConfig },
  { module: NextcloudTalkModule, config: NextcloudTalkConfig },
  { module: SlackModule, config: SlackConfig },
  { module: TelegramModule, config: TelegramConfig },
  { module: LinqModule, config: LinqConfig },
  { module: WhatsAppModule, config: WhatsAppConfig },
  { module: GenericWebhookModule, config: GenericWebhookConfig },
];
