import { AppError } from '../platform/errors/app-error';
import type { ModelTarget } from '../providers/models.service';
import type { ToolCall, ToolChoice, ToolDefinition } from '../providers/provider';
import { AgentConfig } from './agent.config';
import type { TurnKit } from './turn-kit';
import type { TurnRequest } from './turn';

/** The tools of one turn: which of them are ours to run, which the caller's, and how the model is told of them. */
export class TurnTools {
  /** Ours. */
  readonly own: readonly ToolDefinition[];
  /** The model knows calls and results as text only, because it or its host cannot do better; also those of earlier turns. */
  readonly asText: boolean;
  private readonly clients: readonly ToolDefinition[];
  private readonly choice: ToolChoice | undefined;

  /** @param refused the model has refused to be offered tools before */
  constructor(turn: TurnRequest, { runner, models, config }: TurnKit, refused: boolean) {
    this.clients = turn.clientTools ?? [];
    this.choice = turn.toolChoice;
    const target = models.default;
    if (this.clients.length > 0 && !target.provider.capabilities.tools) {
      throw new AppError(400, 'agent.tools_unsupported', 'The configured model cannot call tools; send no `tools`', {
        param: 'tools',
      });
    }
    // Whoever insists on a call means one of their own tools, and a tool of the same name is theirs.
    const insists = this.clients.length > 0 && this.choice !== undefined && this.choice !== 'auto';
    const none = turn.mode === 'none' || insists;
    const theirs = new Set(this.clients.map(({ name }) => name));
    this.own = none ? [] : runner.definitions(theirs, turn.audience);
    this.asText = writesCalls(target, config.get(AgentConfig), refused);
  }

  /** What the model is offered natively in this round; a demanded call is demanded once. */
  offer(round: number): { tools?: ToolDefinition[]; toolChoice?: ToolChoice } {
    const tools = [...this.own, ...this.clients];
    if (tools.length === 0 || this.asText) return {};
    if (this.choice === undefined) return { tools };
    return { tools, toolChoice: round === 1 || this.choice === 'none' ? this.choice : 'auto' };
  }

  /** What it has to be told of in words instead. */
  get described(): readonly ToolDefinition[] {
    return this.asText && this.choice !== 'none' ? [...this.own, ...this.clients] : [];
  }

  /** Whether calls may stand in the text of the model. */
  get writtenCalls(): boolean {
    return this.asText && this.own.length + this.clients.length > 0;
  }

  /** The calls that the caller has to answer. */
  forClient(calls: readonly ToolCall[]): ToolCall[] {
    return calls.filter((call) => this.clients.some(({ name }) => name === call.name));
  }
}

function writesCalls({ provider, model }: ModelTarget, config: Readonly<AgentConfig>, refused: boolean): boolean {
  if (config.tool_dispatcher !== 'auto') return config.tool_dispatcher === 'xml';
  if (refused || !provider.capabilities.tools) return true;
  const names = [model, `${provider.id}/${model}`];
  return config.xml_tool_models.some((pattern) => names.some((name) => matches(pattern, name)));
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
