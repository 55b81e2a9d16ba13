import type { IncomingMessage, ServerResponse } from 'node:http';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import express from 'express';
import { AppError } from '../errors/app-error';
import type { GatewayRequest } from './principal';

/** Bytes of a request body on native routes. */
export const JSON_BODY_LIMIT = 65_536;

interface JsonRequest extends GatewayRequest {
  rawBody?: Buffer;
  bodyError?: AppError;
}

const parse = express.json({
  limit: JSON_BODY_LIMIT,
  strict: false,
  type: (request) => isJson(request.headers['content-type'] ?? ''),
  verify: (request, _response, buffer) => {
    (request as JsonRequest).rawBody = buffer;
  },
});

/**
 * Reads the JSON body of native routes; `/v1` reads its own. Too large is answered at once, but a broken body only when a handler
 * asks for it by `@JsonBody()`: who may call comes before what was sent.
 */
export function jsonBody(
  request: IncomingMessage,
  response: ServerResponse,
  next: (tooLarge?: AppError) => void,
): void {
  if (request.url?.startsWith('/v1/')) {
    next();
    return;
  }
  const own = request as JsonRequest;
  parse(own, response, (error?: unknown) => {
    if (!error) {
      if (own.rawBody === undefined && hasBody(own)) own.bodyError = unsupported(own);
      next();
      return;
    }
    const problem = bodyError(error);
    if (problem.status === 413) {
      next(problem);
      return;
    }
    own.bodyError = problem;
    next();
  });
}

export interface JsonBodyOptions {
  /** The sentence for every body that is not the expected JSON, answered as 400 whatever the content type was. */
  invalid?: string;
  /** A request without a body counts as `{}`. */
  optional?: boolean;
}

/** The parsed JSON body, checked by the global validation pipe against the parameter's class. */
export const JsonBody = createParamDecorator((options: JsonBodyOptions | undefined, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<JsonRequest>();
  const { body } = request;
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!request.bodyError && isObject) return body;
  if (options?.optional && !request.bodyError && body === undefined) return {};
  if (options?.invalid) throw new AppError(400, 'request.invalid_json', options.invalid);
  throw request.bodyError ?? new AppError(400, 'request.invalid_json', 'The request body must be a JSON object');
});

function isJson(contentType: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}

/** True when the client announced a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function unsupported(request: JsonRequest): AppError {
  const found = request.headers['content-type'] ?? 'nothing';
  return new AppError(
    415,
    'request.unsupported_media_type',
    `Send the body as application/json; the Content-Type was ${found.slice(0, 80)}`,
  );
}

function bodyError(error: unknown): AppError {
  const { type, status, message } = error as { type?: string; status?: number; message?: string };
  switch (type) {
    case 'entity.too.large':
      return tooLarge(JSON_BODY_LIMIT);
    case 'entity.parse.failed':
      return new AppError(
        400,
        'request.invalid_json',
        `The request body is not valid JSON: ${message ?? 'it could not be parsed'}`,
      );
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError(400, 'request.incomplete', 'The request body ended before its announced length');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError(415, 'request.unsupported_media_type', `Send the body as UTF-8 JSON: ${message ?? type}`);
    default:
      return new AppError(
        status && status < 500 ? status : 400,
        'request.invalid_body',
        'The request body could not be read',
      );
  }
}

/** The 413 of every door. */
export function tooLarge(limit: number): AppError {
  return new AppError(413, 'request.too_large', `The request body exceeds ${limit} bytes`);
}
