import { Catch, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { AppError } from '../errors/app-error';
import { errorFrame } from './error-frame';
import type { GatewaySocket } from './gateway-socket';

/** Answers what a handler has thrown with an `error` frame; the socket stays. Global filters do not reach gateways, so each names it. */
@Catch()
export class SocketErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Sockets');

  catch(thrown: unknown, context: ArgumentsHost): void {
    context
      .switchToWs()
      .getClient<GatewaySocket>()
      .deliver(errorFrame(this.asAppError(thrown)));
  }

  private asAppError(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    this.logger.error({ err: thrown }, 'a frame could not be handled');
    return new AppError(500, 'internal', 'Something went wrong inside the gateway');
  }
}
