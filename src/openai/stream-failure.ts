import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { openAiBody } from '../platform/errors/error-body';
import type { GatewayRequest } from '../platform/http/principal';
import { discardAnswer } from '../platform/idempotency/answer-recorder';

const logger = new Logger('OpenAi');

/**
 * The data of the frame that ends a stream which has begun and cannot go on. No `[DONE]` follows it, so the SDKs raise it
 * instead of taking the half for the whole, and an idempotency key is freed.
 */
export function streamFailure(error: unknown, request: GatewayRequest, response: ServerResponse): string {
  const told = error instanceof AppError ? error : unexpected();
  if (!response.destroyed) logger.error({ err: error, code: told.code }, 'a stream broke off');
  discardAnswer(response);
  return JSON.stringify(openAiBody(told, request.id));
}

function unexpected(): AppError {
  const sentence = 'Something went wrong inside the gateway; its log has the details under this request id';
  return new AppError(500, 'internal', sentence);
}
