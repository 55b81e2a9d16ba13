import type { RejectReason } from '../channels/core/channel.events';
import type { AppError } from '../platform/errors/app-error';

/** A platform's request that is not taken: what is counted, and what the platform is told. */
export class Rejection extends Error {
  constructor(
    readonly reason: RejectReason,
    readonly answer: AppError,
  ) {
    super(answer.message, { cause: answer });
    this.name = 'Rejection';
  }
}
