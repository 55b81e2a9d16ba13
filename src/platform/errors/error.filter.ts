import type { ServerResponse } from 'node:http';
import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import { allowedMethods } from '../http/allowed-methods';
import { hasBody } from '../http/json-body';
import type { GatewayRequest } from '../http/principal';
import { answerEarly } from './answer-early';
import { AppError } from './app-error';
import { nativeBody, openAiBody } from './error-body';

/** Turns whatever was thrown into the answer: the only place that knows the shapes of errors. What was not meant for the caller is logged, not told. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const request = http.getRequest<GatewayRequest>();
    const response = http.getResponse<ServerResponse>();
    const error = this.asAppError(thrown, request);
    if (isMeant(error)) this.logger.warn({ code: error.code, method: request.method }, error.message);
    else if (error.status >= 500)
      this.logger.error({ err: thrown, code: error.code, method: request.method }, error.message);
    if (response.headersSent || response.destroyed) {
      // Half an answer is out already: cutting the connection is the only honest signal left.
      response.destroy();
      return;
    }
    sendError(request, response, error);
  }

  private asAppError(thrown: unknown, request: GatewayRequest): AppError {
    if (thrown instanceof AppError) return thrown;
    if (thrown instanceof HttpException) return this.fromNest(thrown, request);
    return new AppError(
      500,
      'internal',
      'Something went wrong inside the gateway; its log has the details under this request id',
      {
        cause: thrown,
      },
    );
  }

  private fromNest(exception: HttpException, request: GatewayRequest): AppError {
    const status = exception.getStatus();
    if (status !== 404) return new AppError(status, `request.http_${status}`, exception.message, { cause: exception });
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const allowed = allowedMethods(this.host.httpAdapter.getInstance<Express>(), path);
    // A route that answers the method and gave this request up, such as the dashboard's for what is no browser, has nothing for it.
    if (allowed.length === 0 || allowed.includes(request.method ?? ''))
      return new AppError(404, 'request.not_found', `There is nothing at ${path.slice(0, 200)}`);
    return new AppError(
      405,
      'request.method_not_allowed',
      `${path} answers ${allowed.join(', ')}, not ${request.method}`,
      {
        headers: { Allow: allowed.join(', ') },
      },
    );
  }
}

/** No room, or stopping: nothing is broken, and hundreds of callers may hear it at once, so it is a line without a stack. */
function isMeant({ status, cause, options }: AppError): boolean {
  return status === 503 && options.retryAfter !== undefined && cause === undefined;
}

/** Writes an error as the door of this path writes errors. */
export function sendError(request: GatewayRequest, response: ServerResponse, error: AppError): void {
  const shape = request.url?.startsWith('/v1/') ? openAiBody : nativeBody;
  const body = Buffer.from(JSON.stringify(shape(error, request.id)));
  const { headers, retryAfter } = error.options;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  // A body that was not read to its end cannot be skipped over for the next request of the connection.
  const isUnread = hasBody(request) && !request.complete;
  if (isUnread) response.setHeader('Connection', 'close');
  response.writeHead(error.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  const sent = request.method === 'HEAD' ? undefined : body;
  if (isUnread) answerEarly(request, response, sent);
  else response.end(sent);
}
