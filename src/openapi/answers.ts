import { STATUS_CODES } from 'node:http';
import type { Content } from '../platform/api-doc/documented';
import { integer, text } from '../platform/api-doc/schema';
import { AppError } from '../platform/errors/app-error';
import { openAiBody } from '../platform/errors/error-body';
import { isIdempotent } from '../platform/idempotency/idempotent-options';
import { rateLimitOf, scopesOf } from './access';
import { NATIVE_ERROR, OPENAI_ERROR } from './error-schemas';
import { dtoBodyOf, parametersOf } from './request-parts';
import type { Route } from './routes';

interface Answer {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, object>;
}

/** What headers of answers mean. */
const HEADERS: Record<string, object> = {
  'X-Run-Id': { description: 'The turn that the call began: see GET /api/runs/{id}.', schema: text },
  ETag: { description: 'Names this state; send it as If-Match (or If-None-Match).', schema: text },
  'Idempotent-Replayed': { description: '`true` on an answer that is given again.', schema: text },
  'RateLimit-Policy': { description: '`"chat";q=60;w=60`: calls per seconds.', schema: text },
  RateLimit: { description: '`"chat";r=59;t=60`: calls left, seconds until more.', schema: text },
  'Retry-After': { description: 'Seconds after which the call may succeed.', schema: integer },
  'X-Request-Id': { description: 'Names the request in the log.', schema: text },
  Allow: { description: 'What the path answers.', schema: text },
  Location: { description: 'Where it is.', schema: text },
};

/** Every answer of a route: its success, what its documentation adds, and the errors that its marks bring about. */
export function answersOf(route: Route): Record<string, Answer> {
  const { doc } = route;
  const success = doc?.status ?? route.status;
  const answers: Record<string, Answer> = {};
  if (doc?.answer || doc?.answers?.[success] === undefined) {
    answers[success] = answerOf(success, doc?.answer ? { type: 'application/json', schema: doc.answer } : {});
  }
  for (const [status, content] of Object.entries(doc?.answers ?? {})) {
    answers[status] = answers[status] ? merge(answers[status], content) : answerOf(Number(status), content);
  }
  const sent = successHeaders(route);
  if (answers[success] && sent.length > 0) answers[success].headers = headersOf(sent);
  for (const [status, codes] of Object.entries(errorCodes(route))) answers[status] ??= errorOf(route, status, codes);
  return Object.fromEntries(Object.entries(answers).sort(([a], [b]) => a.localeCompare(b)));
}

function answerOf(status: number, { type, schema, example, description }: Content): Answer {
  const hasBody = type !== undefined;
  return {
    description: description ?? STATUS_CODES[status] ?? 'An answer',
    ...(hasBody && { content: { [type]: { ...(schema && { schema }), ...(example !== undefined && { example }) } } }),
  };
}

/** One status may come as JSON or as a stream. */
function merge(answer: Answer, content: Content): Answer {
  const other = answerOf(0, content);
  return {
    ...answer,
    ...(content.description !== undefined && { description: content.description }),
    content: { ...answer.content, ...other.content },
  };
}

function successHeaders(route: Route): string[] {
  return [
    ...(route.doc?.sends ?? []),
    ...(rateLimitOf(route) ? ['RateLimit-Policy', 'RateLimit'] : []),
    ...(isIdempotent(route.handler) ? ['Idempotent-Replayed'] : []),
  ];
}

/** Stable codes by status: those of the front, which the marks bring, and those of the route itself. */
function errorCodes(route: Route): Record<string, string[]> {
  const codes: Record<string, string[]> = {};
  const add = (status: number, ...names: string[]) => (codes[status] ??= []).push(...names);
  const hasBody = dtoBodyOf(route) !== undefined;
  if (scopesOf(route)) {
    add(401, 'auth.invalid_token', 'auth.local_only');
    add(403, 'auth.scope_missing', 'auth.foreign_page');
    add(429, 'auth.too_many_failures');
  }
  if (hasBody) {
    add(400, 'request.invalid_json');
    add(413, 'request.too_large');
    add(415, 'request.unsupported_media_type');
  }
  if (hasBody || parametersOf(route).some((parameter) => parameter.in === 'query')) add(400, 'request.invalid_field');
  if (rateLimitOf(route)) add(429, 'rate_limit.exceeded');
  if (isIdempotent(route.handler)) {
    add(409, 'idempotency.in_flight');
    add(422, 'idempotency.key_reused');
  }
  for (const [status, names] of Object.entries(route.doc?.errors ?? {})) add(Number(status), ...names);
  add(500, 'internal');
  return codes;
}

function errorOf(route: Route, status: string, codes: readonly string[]): Answer {
  const isOpenAi = route.path.startsWith('/v1/');
  const schema = isOpenAi ? OPENAI_ERROR : NATIVE_ERROR;
  const shown = isOpenAi ? codes.map((code) => openAiCode(Number(status), code)) : codes;
  const list = [...new Set(shown)].map((code) => `\`${code}\``).join(', ');
  return {
    description: `${STATUS_CODES[Number(status)] ?? 'Error'}: ${list}`,
    ...(status === '429' && { headers: headersOf(['Retry-After']) }),
    content: { 'application/json': { schema } },
  };
}

/** What OpenAI's clients see of a code of ours. */
function openAiCode(status: number, code: string): string {
  const { error } = openAiBody(new AppError(status, code, ''), '') as { error: { code: string } };
  return error.code;
}

function headersOf(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, HEADERS[name] ?? { schema: text }]));
}
