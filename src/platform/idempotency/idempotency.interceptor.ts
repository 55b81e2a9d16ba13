import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import type { FingerprintedRequest } from './fingerprint';
import { idempotencyKey } from './idempotency-key';
import { IdempotencyService } from './idempotency.service';
import { idempotentOptions } from './idempotent-options';

/** Puts the routes marked `@Idempotent()` behind their keys, after every guard has been asked. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

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
    return (await this.idempotency.admit(key, request, response)) ? next.handle() : ANSWERED;
  }
}

/** The response is over, so there is no value for Nest to answer with; nothing holds on to the wait, it is collected with the request. */
const ANSWERED = NEVER;
