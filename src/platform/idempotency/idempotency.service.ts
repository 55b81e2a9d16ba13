import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Answer } from './answer';
import { recordAnswer } from './answer-recorder';
import type { FingerprintedRequest } from './fingerprint';
import { requestHashOf, scopeOf } from './fingerprint';
import { KeyLimit } from './key-limit';
import { KeyRegister } from './key-register';

/** Lets a request with an idempotency key through once and answers its repetitions itself. Ask it after every guard. */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly register: KeyRegister,
    private readonly limit: KeyLimit,
  ) {}

  /** False when nothing is left to do: the answer of the first request has been given again, or the client is gone. */
  async admit(key: string, request: FingerprintedRequest, response: ServerResponse): Promise<boolean> {
    const entry = await this.register.enter(scopeOf(request, key), requestHashOf(request));
    if ('answer' in entry) {
      replay(response, entry.answer);
      return false;
    }
    const { claim } = entry;
    if (response.destroyed) {
      await this.register.release(claim);
      return false;
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
