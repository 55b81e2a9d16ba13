import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { GatewayRequest } from '../platform/http/principal';
import { ModelsService } from '../providers/models.service';
import { readBody } from './bounded-body';
import { parseChatCompletion } from './chat-completion.payload';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { OwnAnswerService } from './own-answer.service';
import { PassThroughService } from './pass-through.service';
import { unknownModel } from './unknown-model';

/**
 * Decides who answers a chat completion. It works on the bare request and response, because this is the route
 * whose every microsecond is measured (docs/performance.md).
 */
@Injectable()
export class ChatCompletionsService {
  constructor(
    private readonly models: ModelsService,
    private readonly passThrough: PassThroughService,
    private readonly own: OwnAnswerService,
  ) {}

  async create(request: GatewayRequest, response: ServerResponse): Promise<void> {
    const payload = parseChatCompletion(bodyRead(request) ?? (await readBody(request)));
    try {
      await this.answer(payload, request, response);
    } catch (error) {
      // Nobody is left to tell when the client has gone.
      if (!response.destroyed) throw error;
    }
  }

  private answer(payload: ChatCompletionPayload, request: GatewayRequest, response: ServerResponse): Promise<void> {
    const target = this.models.resolve(payload.model);
    if (target === undefined) throw unknownModel(payload.model, this.models.list());
    if (target === this.models.default) return this.own.fromAgent(payload, request, response);
    if (target.provider.forward === undefined) return this.own.fromModel(payload, target, request, response);
    return this.passThrough.answer(payload, target, request, response);
  }
}

/** The idempotency guard has read the body when the client sent a key. */
function bodyRead(request: GatewayRequest & { rawBody?: Uint8Array }): Buffer | undefined {
  return request.rawBody && Buffer.from(request.rawBody);
}
