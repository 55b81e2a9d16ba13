import type { AppError } from './app-error';

/** `{"error": "<sentence>", "code", "request_id"}`, plus `retry_after` (seconds) where waiting helps. */
export function nativeBody(error: AppError, requestId: string): Record<string, unknown> {
  const { retryAfter, param, details } = error.options;
  return {
    ...details,
    error: error.message,
    code: error.code,
    request_id: requestId,
    ...(param === undefined ? {} : { field: param }),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  };
}

/** Our codes in OpenAI's vocabulary where OpenAI's clients know a word; everything else shows its last segment. */
const OPENAI_CODES: Record<string, string> = {
  'auth.invalid_token': 'invalid_api_key',
  'auth.local_only': 'unauthorized',
  'auth.too_many_failures': 'rate_limit_exceeded',
  'rate_limit.exceeded': 'rate_limit_exceeded',
  'request.too_large': 'request_too_large',
  'provider.context_length': 'context_length_exceeded',
  'provider.rate_limit': 'rate_limit_exceeded',
  'provider.not_found': 'model_not_found',
  'cost.budget_exceeded': 'insufficient_quota',
};

/** OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`. Source: the error objects of OpenAI's API reference. */
export function openAiBody(error: AppError, requestId: string): Record<string, unknown> {
  const code =
    OPENAI_CODES[error.code] ??
    (error.code.startsWith('provider.') ? 'provider_error' : error.code.replace(/^.*\./, ''));
  return {
    error: {
      message: error.message,
      type: openAiType(error.status),
      param: error.options.param ?? null,
      code,
      request_id: requestId,
    },
  };
}

function openAiType(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
