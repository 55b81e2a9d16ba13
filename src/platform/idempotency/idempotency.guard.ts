import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Answer } from './answer';
import { recordAnswer } from './answer-recorder';
import type { FingerprintedRequest } from './fingerprint';
import { requestHashOf, scopeOf } from './fingerprint';
import { idempotencyKey } from './idempotency-key';
import { idempotentOptions, requireLastGuard } from './idempotent-options';
import { KeyLimit } from './key-limit';
import { KeyRegister } from './key-register';

/**
 * Lets a request with an idempotency key through once and answers its repetitions itself. A guard and not an interceptor, because it then costs
 * requests without a key one look at two headers, where any interceptor makes Nest wrap the whole call in observables.
 */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(
    private readonly register: KeyRegister,
    private readonly limit: KeyLimit,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FingerprintedRequest>();
    const key = idempotencyKey(request.headers);
    return key === undefined ? true : this.enter(key, request, context);
  }

  private async enter(key: string, request: FingerprintedRequest, context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    requireLastGuard(handler, IdempotencyGuard);
    const { readBody } = idempotentOptions(handler);
    if (readBody && request.rawBody === undefined) request.rawBody = await readBody(request);
    const response = context.switchToHttp().getResponse<ServerResponse>();
    const entry = await this.register.enter(scopeOf(request, key), requestHashOf(request));
    if ('answer' in entry) {
      replay(response, entry.answer);
      return goNoFurther();
    }
    const { claim } = entry;
    if (response.destroyed) {
      await this.register.release(claim);
      return goNoFurther();
    }
    recordAnswer(response, {
      keep: async (answer) => {
        await this.register.complete(claim, answer);
        this.limit.added();
      },
      drop: () => this.register.release(claim),
    });
    return true;
  }
}

function replay(response: ServerResponse, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('Idempotent-Replayed', 'true');
  response.statusCode = answer.status;
  response.end(answer.body);
}

/** What a guard says when the answer is out already: refusing would write a second one. Nothing refers to the promise, it is collected. */
function goNoFurther(): Promise<never> {
  return new Promise<never>(() => undefined);
}
