import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { clientSignal } from '../platform/http/client-signal';
import type { GatewayRequest } from '../platform/http/principal';
import { ModelsService } from '../providers/models.service';
import type { ModelTarget } from '../providers/models.service';
import type { RawChatRequest } from '../providers/provider';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { forwardedBody } from './forwarded-body';
import { callerOf } from './model-caller';
import { relayCompletion } from './relay-completion';
import { relayStream } from './relay-stream';

/** Carries a request to a model host that speaks OpenAI's protocol itself, and its answer back, both byte for byte. */
@Injectable()
export class PassThroughService {
  constructor(private readonly models: ModelsService) {}

  /** Lets go of the parsed conversation at once: only its bytes are needed until the host has answered. */
  answer(
    payload: ChatCompletionPayload,
    target: ModelTarget,
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const question = { body: forwardedBody(payload, target.model), stream: payload.stream };
    return this.relay(question, { target, dropUsage: !payload.includeUsage }, request, response);
  }

  private async relay(
    question: RawChatRequest,
    { target, dropUsage }: { target: ModelTarget; dropUsage: boolean },
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const signal = clientSignal(response);
    const answer = await this.models.forward(target, question, signal, callerOf(request));
    const { statusCode, headers, body } = answer;
    const upstream = { statusCode, headers, body, provider: target.provider.id, signal };
    try {
      const usage = question.stream
        ? await relayStream(upstream, request, response, dropUsage)
        : await relayCompletion(upstream, response);
      answer.finished(usage);
    } catch (error) {
      answer.failed(error);
      // What has begun to answer has told the client itself.
      if (!response.headersSent) throw error;
    }
  }
}
