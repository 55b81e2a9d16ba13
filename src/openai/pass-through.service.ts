import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { clientSignal } from '../platform/http/client-signal';
import type { GatewayRequest } from '../platform/http/principal';
import { ModelsService } from '../providers/models.service';
import type { ModelTarget } from '../providers/models.service';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { forwardedBody } from './forwarded-body';
import { callerOf } from './model-caller';
import { relayCompletion } from './relay-completion';
import { relayStream } from './relay-stream';

/** Carries a request to a model host that speaks OpenAI's protocol itself, and its answer back, both byte for byte. */
@Injectable()
export class PassThroughService {
  constructor(private readonly models: ModelsService) {}

  async answer(
    payload: ChatCompletionPayload,
    target: ModelTarget,
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const { stream, includeUsage } = payload;
    const signal = clientSignal(response);
    const question = { body: forwardedBody(payload, target.model), stream };
    const answer = await this.models.forward(target, question, signal, callerOf(request));
    const { statusCode, headers, body } = answer;
    const upstream = { statusCode, headers, body, provider: target.provider.id, signal };
    try {
      const usage = stream
        ? await relayStream(upstream, request, response, !includeUsage)
        : await relayCompletion(upstream, response);
      answer.finished(usage);
    } catch (error) {
      answer.failed(error);
      // What has begun to answer has told the client itself.
      if (!response.headersSent) throw error;
    }
  }
}
