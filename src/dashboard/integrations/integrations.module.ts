import { Module } from '@nestjs/common';
import { ChannelsModule } from '../../channels/channels.module';
import { ProvidersModule } from '../../providers/providers.module';
import { ToolsModule } from '../../tools/tools.module';
import { Credentials } from './credentials';
import { DefaultProvider } from './default-provider';
import { IntegrationList } from './integration-list';
import { IntegrationSettings } from './integration-settings';
import { IntegrationsController } from './integrations.controller';
import { ProviderAccounts } from './provider-accounts';

/** What the gateway can be connected with. */
@Module({
  imports: [ProvidersModule, ToolsModule, ChannelsModule],
  controllers: [IntegrationsController],
  providers: [IntegrationList, IntegrationSettings, ProviderAccounts, Credentials, DefaultProvider],
})
export class IntegrationsModule {}
