import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { EventBus } from '../platform/events/event-bus';
import type { ChatMessage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { AgentLoop } from './agent-loop';
import type { TurnOutcome } from './agent.events';
import type { OpenSession } from './sessions.service';
import { SessionsService } from './sessions.service';
import { ToolRefusals } from './text-protocol/tool-refusals';
import type { TurnEvent, TurnRequest } from './turn';
import { TurnMemory } from './turn-memory';
import { TurnTools } from './turn-tools';
import { TurnKit } from './turn-kit';
import { TurnLimits } from './turn-limits';

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
    private readonly events: EventBus,
  ) {}

  /** Turns that have begun and not ended, waiting ones included. */
  get running(): number {
    return this.turns;
  }

  /** Aborting `signal`, or leaving the loop over the events, cancels the turn and whatever it started. */
  async *run(turn: TurnRequest, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const started = performance.now();
    const limits = new TurnLimits(signal);
    let session: OpenSession | undefined;
    let loop: AgentLoop | undefined;
    let last: TurnEvent | undefined;
    // A consumer that leaves early runs only `finally`.
    let outcome: TurnOutcome = 'cancelled';
    this.turns++;
    this.events.emit('turn.started', { door: turn.door });
    try {
      if (turn.sessionId !== undefined) {
        session = await this.sessions.open({ owner: turn.owner, id: turn.sessionId }, limits.signal);
      }
      limits.start(this.kit.config.get(AgentConfig));
      const history = session?.history ?? [];
      loop = await this.begin(turn, history, limits);
      try {
        last = yield* loop.run();
      } catch (error) {
        if (loop.hasBegun || !this.canTellInWords(error, turn)) throw error;
        loop = await this.begin(turn, history, limits);
        last = yield* loop.run();
      }
      // A turn that has run out of time ends with what it has; one whose client has left is over.
      if (limits.cause !== 'timeout') limits.signal.throwIfAborted();
      await session?.keep(loop.said);
      this.memory.keep(turn);
      outcome = limits.cause ?? 'ok';
    } catch (error) {
      outcome = limits.cause ?? 'error';
      last = { type: 'error', error: this.explain(limits.cause ? limits.signal.reason : error) };
    } finally {
      limits.end(outcome === 'ok');
      session?.close();
      this.turns--;
      this.events.emit('turn.finished', {
        door: turn.door,
        owner: turn.owner,
        sessionId: turn.sessionId,
        outcome,
        stopped: last?.type === 'done' ? last.stopped : undefined,
        durationMs: performance.now() - started,
        model: loop?.model,
        usage: loop?.usage ?? { inputTokens: 0, outputTokens: 0 },
      });
    }
    yield last;
  }

  private async begin(turn: TurnRequest, history: ChatMessage[], limits: TurnLimits): Promise<AgentLoop> {
    const tools = new TurnTools(turn, this.kit, this.refusals.has(this.kit.models.default));
    const wishes = { withTools: tools.own.length > 0, described: tools.described };
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
