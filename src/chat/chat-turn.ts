import { AppError } from '../platform/errors/app-error';
import type { Principal } from '../platform/http/principal';
import { LOCAL_PRINCIPAL } from '../platform/http/principal';
import type { TurnRequest } from '../agent/turn';
import type { ApiChatDto } from './api-chat.dto';
import type { MessageDto } from './message.dto';

const CONTEXT_LINES = 10;

/** A message to `/webhook` as a turn: one model call. */
export function webhookTurn(body: MessageDto, principal: Principal = LOCAL_PRINCIPAL): TurnRequest {
  const { message, session_id, stream } = body;
  const text = message.trim();
  if (text === '') throw empty('The `message` field is required and must be a non-empty string.');
  return {
    door: 'webhook',
    mode: 'none',
    owner: principal.id,
    messages: [{ role: 'user', content: text }],
    whole: stream !== true,
    ...session(session_id),
  };
}

/** A message to `/api/chat` as a turn: the agent loop. */
export function apiChatTurn(body: ApiChatDto, stream: boolean, principal: Principal = LOCAL_PRINCIPAL): TurnRequest {
  const text = body.message.trim();
  if (text === '') throw empty('Message cannot be empty');
  const context = (body.context ?? []).slice(-CONTEXT_LINES);
  const lines = ['Recent conversation context:', ...context, '', 'Current message:', text];
  return {
    door: 'api_chat',
    mode: 'agent',
    owner: principal.id,
    messages: [{ role: 'user', content: context.length > 0 ? lines.join('\n') : text }],
    remember: text,
    canWait: stream,
    whole: !stream,
    ...session(body.session_id),
  };
}

function session(id: string | null | undefined): { sessionId?: string } {
  const sessionId = id?.trim() ?? '';
  return sessionId === '' ? {} : { sessionId };
}

function empty(message: string): AppError {
  return new AppError(400, 'request.invalid_field', message, { param: 'message' });
}
