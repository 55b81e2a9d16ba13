import { AppError } from '../platform/errors/app-error';
import type { ToolCall, ToolChoice, ToolDefinition } from '../providers/provider';
import type { ToolRunner } from './tool-runner';
import type { TurnRequest } from './turn';

/** The tools of one turn: which of them are ours to run, which the caller's. */
export class TurnTools {
  /** Ours. */
  readonly own: readonly ToolDefinition[];
  private readonly clients: readonly ToolDefinition[];
  private readonly choice: ToolChoice | undefined;

  /** @param supported whether the model can call tools at all. */
  constructor(turn: TurnRequest, runner: ToolRunner, supported: boolean) {
    this.clients = turn.clientTools ?? [];
    this.choice = turn.toolChoice;
    if (this.clients.length > 0 && !supported) {
      throw new AppError(400, 'agent.tools_unsupported', 'The configured model cannot call tools; send no `tools`', {
        param: 'tools',
      });
    }
    // Whoever insists on a call means one of their own tools, and a tool of the same name is theirs.
    const insists = this.clients.length > 0 && this.choice !== undefined && this.choice !== 'auto';
    const none = turn.mode === 'none' || !supported || insists;
    this.own = none ? [] : runner.definitions(new Set(this.clients.map(({ name }) => name)));
  }

  /** What the model is offered in this round; a demanded call is demanded once. */
  offer(round: number): { tools?: ToolDefinition[]; toolChoice?: ToolChoice } {
    const tools = [...this.own, ...this.clients];
    if (tools.length === 0) return {};
    if (this.choice === undefined) return { tools };
    return { tools, toolChoice: round === 1 || this.choice === 'none' ? this.choice : 'auto' };
  }

  /** The calls that the caller has to answer. */
  forClient(calls: readonly ToolCall[]): ToolCall[] {
    return calls.filter((call) => this.clients.some(({ name }) => name === call.name));
  }
}
