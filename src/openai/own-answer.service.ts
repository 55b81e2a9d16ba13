import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AgentService } from '../agent/agent.service';
import { announceRun } from '../agent/runs/run-header';
import { Clock } from '../platform/clock';
import { clientSignal } from '../platform/http/client-signal';
import type { GatewayRequest } from '../platform/http/principal';
import { discardAnswer } from '../platform/idempotency/answer-recorder';
import { ModelsService } from '../providers/models.service';
import type { ModelTarget } from '../providers/models.service';
import { asModelEvents, toTurn } from './agent-answer';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { completionHead } from './completion-wire';
import { writeChunks, writeCompletion } from './completion-writer';
import type { AnswerEvents } from './completion-writer';
import { toModelQuestion } from './model-question';
import { callerOf } from './model-caller';
import { sessionIdOf } from './session-header';

/** Answers in OpenAI's format where nobody upstream does: with the agent, or with a model that speaks another protocol. */
@Injectable()
export class OwnAnswerService {
  constructor(
    private readonly agent: AgentService,
    private readonly models: ModelsService,
    private readonly clock: Clock,
  ) {}

  /** The agent loop with the default model. */
  async fromAgent(payload: ChatCompletionPayload, request: GatewayRequest, response: ServerResponse): Promise<void> {
    const question = toModelQuestion(payload, this.models.default.provider.capabilities);
    const said = toTurn(question, request.principal?.id ?? 'local', sessionIdOf(request));
    const turn = announceRun({ ...said, whole: !payload.stream }, response);
    const signal = clientSignal(response);
    // An answer that waits for a person is no last word: the same request shall find the decision.
    const events = asModelEvents(this.agent.run(turn, signal), () => discardAnswer(response));
    await this.write(events, payload, request, response);
  }

  /** One call of a model that speaks another protocol. */
  async fromModel(
    payload: ChatCompletionPayload,
    target: ModelTarget,
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const question = toModelQuestion(payload, target.provider.capabilities);
    const signal = clientSignal(response);
    await this.write(
      withoutStart(this.models.chat(question, signal, target, callerOf(request))),
      payload,
      request,
      response,
    );
  }

  private write(
    events: AnswerEvents,
    payload: ChatCompletionPayload,
    request: GatewayRequest,
    response: ServerResponse,
  ): Promise<void> {
    const head = completionHead(payload.model, this.clock.now());
    return payload.stream
      ? writeChunks(events, request, response, head, payload.includeUsage)
      : writeCompletion(events, response, head);
  }
}

async function* withoutStart(events: ReturnType<ModelsService['chat']>): AnswerEvents {
  for await (const event of events) if (event.type !== 'start') yield event;
}
