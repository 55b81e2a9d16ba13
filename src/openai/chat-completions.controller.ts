import type { ServerResponse } from 'node:http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { RateLimit, Scopes } from '../platform/http/marks';
import type { GatewayRequest } from '../platform/http/principal';
import { ChatCompletionsService } from './chat-completions.service';

/** `POST /v1/chat/completions`. */
@Controller('v1/chat/completions')
@Documented(() => require('./chat-completions.openapi') as typeof import('./chat-completions.openapi'))
export class ChatCompletionsController {
  constructor(private readonly completions: ChatCompletionsService) {}

  @Post()
  @Scopes('chat')
  @RateLimit('chat', 'Rate limit exceeded. Please retry later.')
  create(@Req() request: GatewayRequest, @Res() response: ServerResponse): Promise<void> {
    return this.completions.create(request, response);
  }
}
