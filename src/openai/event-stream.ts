import { Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { openAiBody } from '../platform/errors/error-body';
import type { GatewayRequest } from '../platform/http/principal';
import { CoalescedWriter } from './coalesced-writer';

const UNEXPECTED = 'Something went wrong inside the gateway; its log has the details under this request id';

/** A server-sent event stream to one client: opened late, written in bursts, and honest about its end. */
export class EventStream extends CoalescedWriter {
  private static readonly logger = new Logger('OpenAi');

  get opened(): boolean {
    return this.response.headersSent;
  }

  /** Sends the head; the two last headers keep proxies from storing or buffering what follows. */
  open(status = 200): void {
    this.response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    this.response.setHeader('Cache-Control', 'no-cache');
    this.response.setHeader('X-Accel-Buffering', 'no');
    this.response.writeHead(status);
  }

  /** Ends an opened stream with an error frame and without `[DONE]`, so that the SDKs raise the error instead of taking the half for the whole. */
  fail(error: unknown, request: GatewayRequest): void {
    if (this.response.destroyed) return;
    const told = error instanceof AppError ? error : new AppError(500, 'internal', UNEXPECTED);
    EventStream.logger.error({ err: error, code: told.code }, 'a stream broke off');
    this.write(Buffer.from(`data: ${JSON.stringify(openAiBody(told, request.id))}\n\n`));
    this.end();
  }
}
