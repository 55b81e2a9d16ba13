import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { GatewayRequest } from '../platform/http/principal';
import type { FingerprintedRequest } from '../platform/idempotency/fingerprint';
import { idempotencyKey } from '../platform/idempotency/idempotency-key';
import { IdempotencyService } from '../platform/idempotency/idempotency.service';
import { ModelsService } from '../providers/models.service';
import { readBody } from './bounded-body';
import { parseChatCompletion } from './chat-completion.payload';
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
    private readonly idempotency: IdempotencyService,
  ) {}

  async create(request: FingerprintedRequest, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    // Not by an interceptor: Nest then wraps every call in observables, which this route is too hot for.
    const key = idempotencyKey(request.headers);
    if (key !== undefined) {
      request.rawBody = body;
      if (!(await this.idempotency.admit(key, request, response))) return;
    }
    try {
      await this.answer(body, request, response);
    } catch (error) {
      // Nobody is left to tell when the client has gone.
      if (!response.destroyed) throw error;
    }
  }

  /** Not async: whatever such a function has in its hands lives until it ends, and a long conversation in pieces is much to keep. */
  private answer(body: Buffer, request: GatewayRequest, response: ServerResponse): Promise<void> {
    const payload = parseChatCompletion(body);
    const target = this.models.resolve(payload.model);
    if (target === undefined) throw unknownModel(payload.model, this.models.list());
    if (target === this.models.default) return this.own.fromAgent(payload, request, response);
    if (target.provider.forward === undefined) return this.own.fromModel(payload, target, request, response);
    return this.passThrough.answer(payload, target, request, response);
  }
}
