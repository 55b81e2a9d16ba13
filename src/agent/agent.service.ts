import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import type { ModelTarget } from '../providers/models.service';
import type { ChatMessage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { AgentLoop } from './agent-loop';
import type { TurnOutcome } from './agent.events';
import type { RunningTurn } from './runs/recorded-run';
import { newRunId } from './runs/run';
import { RunLog } from './runs/run-log';
import type { OpenSession } from './sessions.service';
import { SessionsService } from './sessions.service';
import { ToolRefusals } from './text-protocol/tool-refusals';
import type { DoneEvent, ErrorEvent, TurnEvent, TurnRequest } from './turn';
import { TurnMemory } from './turn-memory';
import { TurnTools } from './turn-tools';
import { TurnKit } from './turn-kit';
import { TurnLimits, clientLeft } from './turn-limits';

/**
 * The agent. Every door hands it a turn and passes its events on.
 * A turn that ends with `done` has been kept in its session by then; one that fails or is cancelled leaves nothing behind, so that
 * sending it again is safe.
 */
@Injectable()
export class AgentService {
  private readonly logger = new Logger(AgentService.name);
  private turns = 0;

  constructor(
    private readonly kit: TurnKit,
    private readonly sessions: SessionsService,
    private readonly memory: TurnMemory,
    private readonly refusals: ToolRefusals,
    private readonly log: RunLog,
  ) {}

  /** Turns that have begun and not ended, waiting ones included. */
  get running(): number {
    return this.turns;
  }

  /**
   * Aborting `signal`, or leaving the loop over the events, cancels the turn and whatever it started.
   * The turn is recorded as a run from its first event to its last.
   */
  async *run(request: TurnRequest, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const limits = new TurnLimits(signal);
    const turn: RunningTurn = { ...request, runId: request.runId ?? newRunId() };
    const run = this.log.open(turn, nameOf(this.kit.models.default), (reason) => limits.cancel(reason));
    let session: OpenSession | undefined;
    let loop: AgentLoop | undefined;
    let last: DoneEvent | ErrorEvent | undefined;
    let outcome: TurnOutcome = 'cancelled';
    this.turns++;
    try {
      if (turn.sessionId !== undefined) {
        session = await this.sessions.open({ owner: turn.owner, id: turn.sessionId }, limits.signal);
      }
      limits.start(this.kit.config.get(AgentConfig));
      const history = session?.history ?? [];
      for (let tries = 1; loop?.done === undefined; tries++) {
        loop = await this.begin(turn, history, limits);
        try {
          for await (const event of loop.run()) {
            this.log.add(run, event);
            yield event;
          }
        } catch (error) {
          if (tries > 1 || loop.hasBegun || !this.canTellInWords(error, turn)) throw error;
        }
      }
      // A turn that has run out of time ends with what it has; one whose client has left is over.
      if (limits.cause !== 'timeout') limits.signal.throwIfAborted();
      await session?.keep(loop.said, turn.turnKey);
      this.memory.keep(turn);
      last = loop.done;
      outcome = limits.cause ?? 'ok';
    } catch (error) {
      outcome = limits.cause ?? 'error';
      last = { type: 'error', error: this.explain(limits.cause ? limits.signal.reason : error) };
    } finally {
      limits.end(outcome === 'ok');
      session?.close();
      this.turns--;
      const usage = loop?.usage ?? { inputTokens: 0, outputTokens: 0 };
      // A consumer that leaves early runs only this.
      last ??= { type: 'error', error: clientLeft() };
      this.log.close(run, last, { outcome, model: loop?.model, usage });
    }
    yield last;
  }

  private async begin(turn: RunningTurn, history: ChatMessage[], limits: TurnLimits): Promise<AgentLoop> {
    const tools = new TurnTools(turn, this.kit, this.refusals.has(this.kit.models.default));
    const wishes = { withTools: tools.own.length > 0, described: tools.described, audience: turn.audience };
    const [prompt, memories] = await Promise.all([this.kit.prompt.text(wishes), this.memory.recall(turn, history)]);
    return new AgentLoop(this.kit, turn, tools, { prompt, history, memories }, limits);
  }

  /** A model that refuses tools has said nothing yet, so the turn begins anew; a caller who brought tools of their own is told instead. */
  private canTellInWords(error: unknown, { clientTools }: TurnRequest): boolean {
    const isOurs = clientTools === undefined || clientTools.length === 0;
    const { tool_dispatcher: dispatcher } = this.kit.config.get(AgentConfig);
    return isOurs && dispatcher === 'auto' && this.refusals.learn(error, this.kit.models.default);
  }

  private explain(error: unknown): AppError {
    if (error instanceof AppError) return error;
    this.logger.error({ err: error }, 'a turn failed unexpectedly');
    return new AppError(500, 'internal', 'The turn failed inside the gateway; its log has the details', {
      cause: error,
    });
  }
}

function nameOf({ provider, model }: ModelTarget): string {
  return `${provider.id}/${model}`;
}
