import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Answer } from './answer';
import { recordAnswer } from './answer-recorder';
import type { FingerprintedRequest } from './fingerprint';
import { requestHashOf, scopeOf } from './fingerprint';
import { idempotencyKey } from './idempotency-key';
import { idempotentOptions } from './idempotent-options';
import { KeyLimit } from './key-limit';
import { KeyRegister } from './key-register';

/** Lets a request with an idempotency key through once and answers its repetitions itself, after every guard has been asked. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly register: KeyRegister,
    private readonly limit: KeyLimit,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FingerprintedRequest>();
    const key = idempotencyKey(request.headers);
    return key === undefined ? next.handle() : this.enter(key, request, context, next);
  }

  private async enter(
    key: string,
    request: FingerprintedRequest,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const { readBody } = idempotentOptions(context.getHandler());
    if (readBody && request.rawBody === undefined) request.rawBody = await readBody(request);
    const response = context.switchToHttp().getResponse<ServerResponse>();
    const entry = await this.register.enter(scopeOf(request, key), requestHashOf(request));
    if ('answer' in entry) {
      replay(response, entry.answer);
      return ANSWERED;
    }
    const { claim } = entry;
    if (response.destroyed) {
      await this.register.release(claim);
      return ANSWERED;
    }
    recordAnswer(response, {
      keep: async (answer) => {
        await this.register.complete(claim, answer);
        this.limit.added();
      },
      drop: () => this.register.release(claim),
    });
    return next.handle();
  }
}

/** The response is over, so there is no value for Nest to answer with; nothing holds on to the wait, it is collected with the request. */
const ANSWERED = NEVER;

function replay(response: ServerResponse, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('Idempotent-Replayed', 'true');
  response.statusCode = answer.status;
  response.end(answer.body);
}
