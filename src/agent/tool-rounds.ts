import type { ChatMessage, ToolCall } from '../providers/provider';
import type { ToolContext, ToolResult } from '../tools/tool';
import { AgentConfig } from './agent.config';
import { HeldCalls } from './held-calls';
import { ProgressWatch } from './progress-watch';
import type { RanCall } from './progress-watch';
import type { RunningTurn } from './runs/recorded-run';
import type { EarlierCalls } from './tool-runner';
import type { PendingApproval, TurnProgress } from './turn';
import type { TurnKit } from './turn-kit';
import type { TurnLimits } from './turn-limits';
import type { TurnTools } from './turn-tools';

const NOT_FINISHED = 'Error: the turn ended before this call did; whether it had an effect is not known.';

/** Runs our tools for one turn. Every call that is written down gets its result written down, also when the turn ends in between. */
export class ToolRounds {
  /** Approvals that calls still wait for. */
  readonly pending = new Map<string, PendingApproval>();
  private readonly earlier: EarlierCalls = new Map();
  private readonly watch: ProgressWatch;
  private readonly held: HeldCalls;
  private readonly context: ToolContext;

  constructor(
    private readonly kit: TurnKit,
    { owner, sessionId, door, runId, audience, canWait = false }: RunningTurn,
    private readonly tools: TurnTools,
    private readonly limits: TurnLimits,
  ) {
    const config = kit.config.get(AgentConfig);
    this.watch = new ProgressWatch({
      sameResult: config.loop_detection_no_progress_threshold,
      pingPong: config.loop_detection_ping_pong_cycles,
      failures: config.loop_detection_failure_streak,
    });
    // A person may take longer than a model may be silent.
    this.held = new HeldCalls((waiting) => (limits.patient = waiting));
    this.context = {
      sessionId,
      owner,
      door,
      runId,
      ...(audience !== undefined && { audience }),
      canWait,
      signal: limits.signal,
      onHeld: (call) => this.held.note(call),
      onPending: ({ approvalId: id, tool, expiresAt }) => void this.pending.set(id, { id, tool, expiresAt }),
    };
  }

  /** Adds the results to `said` in the order of the calls. Returns what goes in circles, if anything does. */
  async *run(calls: readonly ToolCall[], said: ChatMessage[]): AsyncGenerator<TurnProgress, string | undefined> {
    const { guard, config } = this.kit;
    for (const { id, name, arguments: args } of calls) {
      yield { type: 'tool_call', id, name, arguments: guard.redactJson(args) };
    }
    const running = config.get(AgentConfig).parallel_tools ? calls.map((call) => this.start(call)) : [];
    // All are waited for in turn; one that fails early must not count as unhandled until then.
    for (const result of running) result.catch(() => undefined);
    const ran: RanCall[] = [];
    try {
      for (const [index, call] of calls.entries()) {
        const work = running[index] ?? this.start(call);
        if (this.context.canWait === true) yield* this.showHeld(work);
        const result = await work;
        this.limits.touch();
        ran.push({ call, result });
        const output = guard.redact(result.output);
        said.push({ role: 'tool', toolCallId: call.id, content: output });
        yield { type: 'tool_result', id: call.id, name: call.name, success: result.success, output };
      }
    } catch (error) {
      for (const { id, name } of calls.slice(ran.length)) {
        said.push({ role: 'tool', toolCallId: id, content: NOT_FINISHED });
        yield { type: 'tool_result', id, name, success: false, output: NOT_FINISHED };
      }
      throw error;
    }
    return this.watch.observe(ran);
  }

  private start(call: ToolCall): Promise<ToolResult> {
    return this.kit.runner.run(call, this.tools.own, this.context, this.earlier);
  }

  private async *showHeld(work: Promise<ToolResult>): AsyncGenerator<TurnProgress, void> {
    for await (const { approvalId: id, tool, expiresAt } of this.held.while(work)) {
      yield { type: 'approval', id, tool, expiresAt };
    }
  }
}
