import { Controller, Get, Header, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AgentService } from '../agent/agent.service';
import { announceRun } from '../agent/runs/run-header';
import type { TurnEvent } from '../agent/turn';
import { Documented } from '../platform/api-doc/documented';
import { clientSignal } from '../platform/http/client-signal';
import { JsonBody } from '../platform/http/json-body';
import { Public, RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { Principal } from '../platform/http/principal';
import { Idempotent } from '../platform/idempotency/idempotent';
import { webhookTurn } from './chat-turn';
import { INVALID_BODY, MessageDto } from './message.dto';
import { errorFields, finishTurn, streamTurn } from './turn-answer';
import { WebhookSecret } from './webhook-secret.guard';

/** `/webhook`: one message, one answer of the model, no tools. */
@Controller('webhook')
@Documented(() => require('./webhook.openapi') as typeof import('./webhook.openapi'))
export class WebhookController {
  constructor(private readonly agent: AgentService) {}

  @Post()
  @HttpCode(200)
  @Scopes('chat')
  @RateLimit('chat', 'Too many webhook requests. Please retry later.')
  @Idempotent()
  @WebhookSecret({
    needed: 'always',
    closed: 'Unauthorized — configure pairing or X-Webhook-Secret for non-local webhook access',
  })
  async post(
    @JsonBody({ invalid: INVALID_BODY }) body: MessageDto,
    @CurrentPrincipal() principal: Principal | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const turn = announceRun(webhookTurn(body, principal), response);
    const events = this.agent.run(turn, clientSignal(response));
    if (body.stream === true) {
      await streamTurn(events, response, { frame, end: '[DONE]' });
      return;
    }
    const { text, model } = await finishTurn(events);
    response.json({ response: text, model });
  }

  @Get()
  @Public()
  @HttpCode(405)
  @Header('Allow', 'POST')
  explain() {
    return {
      error: 'Use POST /webhook with a JSON body: {"message":"..."}',
      code: 'request.method_not_allowed',
      method: 'POST',
      path: '/webhook',
      example: { message: 'Hello from webhook' },
    };
  }
}

/** The frames of ZeroClaw v0.1.8: `{"delta","model"}` or `{"error"}`; `[DONE]` follows once, whatever came before. */
function frame(event: TurnEvent): { data: string } | undefined {
  if (event.type === 'text') return { data: JSON.stringify({ delta: event.text, model: event.model }) };
  if (event.type === 'error') return { data: JSON.stringify(errorFields(event.error)) };
  return undefined;
}
