import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { ProvidersModule } from '../providers/providers.module';
import { ChatCompletionsController } from './chat-completions.controller';
import { ChatCompletionsService } from './chat-completions.service';
import { ModelsController } from './models.controller';
import { OwnAnswerService } from './own-answer.service';
import { PassThroughService } from './pass-through.service';

/** The OpenAI-compatible door: `/v1/chat/completions` and `/v1/models`. */
@Module({
  imports: [AgentModule, ProvidersModule],
  controllers: [ChatCompletionsController, ModelsController],
  providers: [ChatCompletionsService, OwnAnswerService, PassThroughService],
})
export class OpenAiModule {}
