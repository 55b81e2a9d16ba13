import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { ToolsModule } from '../tools/tools.module';
import { ApiChatController } from './api-chat.controller';
import { WebhookController } from './webhook.controller';
import { ChatRooms } from './ws/chat-rooms';
import { ChatGateway } from './ws/chat.gateway';
import { RevokedTokens } from './ws/revoked-tokens';
import { UpgradeRequiredController } from './ws/upgrade-required.controller';

/** The native doors to the agent. */
@Module({
  imports: [AgentModule, ToolsModule],
  controllers: [WebhookController, ApiChatController, UpgradeRequiredController],
  providers: [ChatGateway, ChatRooms, RevokedTokens],
})
export class ChatModule {}
