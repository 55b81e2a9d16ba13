import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { EventBus } from '../platform/events/event-bus';
import type { GatewayRequest } from '../platform/http/principal';
import { ModelsService } from '../providers/models.service';
import type { ModelTarget } from '../providers/models.service';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { clientSignal } from './client-signal';
import { forwardedBody } from './forwarded-body';
import { relayCompletion } from './relay-completion';
import { relayStream } from './relay-stream';

/** Carries a request to a model host that speaks OpenAI's protocol itself, and its answer back, both byte for byte. */
@Injectable()
export class PassThroughService {
  constructor(
    private readonly models: ModelsService,
    private readonly events: EventBus,
  ) {}

  async answer(
    payload: ChatCompletionPayload,
    target: ModelTarget,
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const { stream, includeUsage } = payload;
    const signal = clientSignal(response);
    const answer = await this.models.forward(target, { body: forwardedBody(payload, target.model), stream }, signal);
    const { statusCode, headers, body } = answer;
    const upstream = { statusCode, headers, body, provider: target.provider.id, signal };
    const usage = stream
      ? await relayStream(upstream, request, response, !includeUsage)
      : await relayCompletion(upstream, response);
    if (usage !== undefined) {
      this.events.emit('model.usage', { provider: target.provider.id, model: target.model, usage });
    }
  }
}
