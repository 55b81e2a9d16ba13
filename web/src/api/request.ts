import { currentToken, forgetToken } from '../session/token';
import { ApiError } from './api-error';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with `type`. */
  text?: string;
  type?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Asks the gateway with this browser's token. Rejects with ApiError; a token that is not valid any more leads back to pairing. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = options.json === undefined && options.text === undefined ? 'GET' : 'POST', signal } = options;
  const token = currentToken();
  const headers = new Headers(options.headers);
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  if (options.json !== undefined) headers.set('Content-Type', 'application/json');
  else if (options.type !== undefined) headers.set('Content-Type', options.type);
  const body = options.json === undefined ? options.text : JSON.stringify(options.json);
  const response = await fetch(path, {
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
  });
  if (response.ok) return response;
  const error = await explain(response);
  // Only when the refused token is still the one in use: another tab may have paired anew meanwhile.
  if (error.status === 401 && token !== null && token === currentToken()) forgetToken();
  throw error;
}

/** The answer's JSON. Its shape is the API's promise; nothing checks it here. */
export async function request<T>(path: string, options?: RequestOptions): Promise<T> {
  const response = await send(path, options);
  return (await response.json()) as T;
}

async function explain(response: Response): Promise<ApiError> {
  const fallback = `The gateway answered ${response.status}`;
  try {
    const body = (await response.json()) as { error?: unknown; code?: unknown; retry_after?: unknown };
    return new ApiError(
      response.status,
      typeof body.code === 'string' ? body.code : 'unknown',
      typeof body.error === 'string' ? body.error : fallback,
      typeof body.retry_after === 'number' ? body.retry_after : undefined,
    );
  } catch {
    return new ApiError(response.status, 'unknown', fallback);
  }
}
