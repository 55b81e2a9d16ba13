import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AgentService } from '../agent/agent.service';
import { announceRun } from '../agent/runs/run-header';
import { Documented } from '../platform/api-doc/documented';
import { clientSignal } from '../platform/http/client-signal';
import { JsonBody } from '../platform/http/json-body';
import { RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { discardAnswer } from '../platform/idempotency/answer-recorder';
import { Idempotent } from '../platform/idempotency/idempotent';
import { ApiChatDto } from './api-chat.dto';
import { apiChatFrame, endFields } from './api-chat.frames';
import { apiChatTurn } from './chat-turn';
import { INVALID_BODY } from './message.dto';
import { finishTurn, streamTurn } from './turn-answer';
import { WebhookSecret } from './webhook-secret.guard';

/** `/api/chat`: the agent with its tools. */
@Controller('api/chat')
@Documented(() => require('./api-chat.openapi') as typeof import('./api-chat.openapi'))
export class ApiChatController {
  constructor(private readonly agent: AgentService) {}

  @Post()
  @HttpCode(200)
  @Scopes('chat')
  @RateLimit('chat', 'Too many chat requests. Please retry later.')
  @Idempotent()
  @WebhookSecret({
    needed: 'remote',
    closed: 'Unauthorized — configure pairing or X-Webhook-Secret for non-local access',
  })
  async post(
    @JsonBody({ invalid: INVALID_BODY }) body: ApiChatDto,
    @CurrentPrincipal() principal: Principal | undefined,
    @Req() request: GatewayRequest,
    @Res() response: Response,
  ): Promise<void> {
    const sessionId = body.session_id ?? null;
    const stream = body.stream === true || acceptsEvents(request);
    const turn = announceRun(apiChatTurn(body, stream, principal), response);
    const events = this.agent.run(turn, clientSignal(response));
    if (stream) {
      await streamTurn(events, response, { frame: (event) => apiChatFrame(event, sessionId) });
      return;
    }
    const done = await finishTurn(events);
    // No last word: sent again with the same idempotency key, the request shall find the decision.
    if (done.approvals) discardAnswer(response);
    response.json({ reply: done.text, model: done.model, session_id: sessionId, ...endFields(done) });
  }
}

function acceptsEvents({ headers }: GatewayRequest): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}
