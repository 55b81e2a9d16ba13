import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { ApiChatController } from './api-chat.controller';
import { WebhookController } from './webhook.controller';

/** The native doors to the agent. */
@Module({ imports: [AgentModule], controllers: [WebhookController, ApiChatController] })
export class ChatModule {}
