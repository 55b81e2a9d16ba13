import { AppError } from '../platform/errors/app-error';
import type { GatewayRequest } from '../platform/http/principal';

/**
 * A chat completion brings its whole conversation along, so nothing is kept here unless the client names a session
 * in `X-Session-Id`; then the earlier turns of that session are put before the messages and this turn is kept.
 */
export function sessionIdOf(request: GatewayRequest): string | undefined {
  const header = request.headers['x-session-id'];
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const sessionId = header.trim();
  if (sessionId.length > 256) {
    throw new AppError(400, 'openai.invalid_value', 'X-Session-Id may have at most 256 characters.', {
      param: 'X-Session-Id',
    });
  }
  return sessionId;
}
