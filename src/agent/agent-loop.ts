import type { ChatMessage, ChatRequest, ToolCall, Usage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { pairUp } from './history';
import { ModelAnswer, addUsage } from './model-answer';
import { ReplyFilter } from './reply-filter';
import { systemPrompt } from './system-prompt';
import type { EarlierCalls } from './tool-runner';
import type { TurnEvent, TurnRequest } from './turn';
import { callerOf } from './turn-caller';
import type { TurnKit } from './turn-kit';
import type { TurnLimits } from './turn-limits';
import { TurnTools } from './turn-tools';

export type DoneEvent = Extract<TurnEvent, { type: 'done' }>;

const PARAGRAPH = '\n\n';

/**
 * One turn: asks the model, runs the tools it wants, tells it the results, until it has answered.
 * All text is the answer, also what the model says between its calls. When the model calls a tool of the caller's, the turn ends with
 * those calls; calls of our own tools in the same round are not run, the model repeats them when it goes on.
 */
export class AgentLoop {
  usage: Usage = { inputTokens: 0, outputTokens: 0 };
  /** `provider/model` that answered last. */
  model: string | undefined;
  /** What has been said since the turn began, for the session: the caller's messages, then the model's and the tools'. */
  readonly said: ChatMessage[];

  private readonly history: readonly ChatMessage[];
  private readonly tools: TurnTools;
  private readonly earlier: EarlierCalls = new Map();
  private text = '';

  constructor(
    private readonly kit: TurnKit,
    private readonly turn: TurnRequest,
    history: readonly ChatMessage[],
    private readonly limits: TurnLimits,
  ) {
    this.tools = new TurnTools(turn, kit.runner, kit.models.default.provider.capabilities.tools);
    this.history = pairUp(history, turn.messages);
    this.said = turn.messages.filter(({ role }) => role !== 'system');
  }

  async *run(): AsyncGenerator<TurnEvent, DoneEvent> {
    const rounds = this.kit.config.get(AgentConfig).max_tool_iterations || 20;
    for (let round = 1; ; round++) {
      const before = this.text.length;
      const answer = yield* this.ask(round);
      const spoken = this.text.slice(before);
      const calls = answer.toolCalls;
      const clientCalls = this.tools.forClient(calls);
      if (clientCalls.length > 0) {
        this.remember(spoken, clientCalls);
        return this.done('tool_calls', clientCalls);
      }
      if (calls.length === 0 || this.turn.mode === 'none') {
        this.remember(spoken);
        return this.done(answer.finish === 'tool_calls' ? 'stop' : answer.finish);
      }
      if (round >= rounds) {
        yield this.say(`I stopped here: this turn has used all of its ${rounds} model calls.`, this.text.length);
        this.remember(this.text.slice(before));
        return this.done('length');
      }
      this.remember(spoken, calls);
      yield* this.runTools(calls);
    }
  }

  private async *ask(round: number): AsyncGenerator<TurnEvent, ModelAnswer> {
    const answer = new ModelAnswer();
    const filter = new ReplyFilter(this.kit.guard);
    const before = this.text.length;
    let unsaid = '';
    this.limits.patient = this.turn.whole === true;
    for await (const event of this.kit.models.chat(this.request(round), this.limits.signal, undefined, callerOf(this.turn))) {
      this.limits.touch();
      if (event.type === 'text') {
        if (this.turn.whole === true) unsaid += event.text;
        else {
          const text = filter.push(event.text);
          if (text !== '') yield this.say(text, before);
        }
      } else if (event.type !== 'reasoning') {
        answer.add(event);
        if (event.type === 'start') this.model = `${event.provider}/${event.model}`;
      }
    }
    this.limits.patient = false;
    const rest = filter.push(unsaid) + filter.end(answer.toolCalls.length === 0);
    if (rest !== '') yield this.say(rest, before);
    if (answer.usage) {
      this.usage = addUsage(this.usage, answer.usage);
      yield { type: 'usage', usage: answer.usage, model: answer.model, provider: answer.provider };
    }
    return answer;
  }

  private request(round: number): Omit<ChatRequest, 'model'> {
    const system: ChatMessage = { role: 'system', content: systemPrompt(this.tools.own.length > 0) };
    const news = this.turn.messages.filter(({ role }) => role === 'system');
    return {
      ...this.turn.options,
      ...this.tools.offer(round),
      ...(this.turn.whole === true && { whole: true }),
      messages: [system, ...news, ...this.history, ...this.said],
    };
  }

  private async *runTools(calls: readonly ToolCall[]): AsyncGenerator<TurnEvent, void> {
    const { runner, guard, config } = this.kit;
    const context = { sessionId: this.turn.sessionId, signal: this.limits.signal };
    const start = (call: ToolCall) => runner.run(call, this.tools.own, context, this.earlier);
    for (const { id, name, arguments: args } of calls)
      yield { type: 'tool_call', id, name, arguments: guard.redact(args) };
    const running = config.get(AgentConfig).parallel_tools ? calls.map(start) : [];
    // All are waited for in turn; one that fails early must not count as unhandled until then.
    for (const result of running) result.catch(() => undefined);
    for (const [index, call] of calls.entries()) {
      const result = await (running[index] ?? start(call));
      this.limits.touch();
      const output = guard.redact(result.output);
      this.said.push({ role: 'tool', toolCallId: call.id, content: output });
      yield { type: 'tool_result', id: call.id, name: call.name, success: result.success, output };
    }
  }

  /** @param paragraph length of the answer when this model call began: its first words are set apart from those of earlier calls */
  private say(text: string, paragraph: number): TurnEvent {
    const isFirst = this.text.length === paragraph && paragraph > 0;
    const spoken = isFirst && !this.text.endsWith(PARAGRAPH) ? PARAGRAPH + text.trimStart() : text;
    this.text += spoken;
    return { type: 'text', text: spoken, model: this.model ?? '' };
  }

  private remember(text: string, toolCalls: ToolCall[] = []): void {
    const content = text.trim() === '' ? null : text.trim();
    if (toolCalls.length > 0) this.said.push({ role: 'assistant', content, toolCalls });
    else if (content !== null) this.said.push({ role: 'assistant', content });
  }

  private done(finishReason: DoneEvent['finishReason'], toolCalls?: ToolCall[]): DoneEvent {
    const end = { type: 'done' as const, text: this.text, model: this.model ?? '', usage: this.usage, finishReason };
    return toolCalls ? { ...end, toolCalls } : end;
  }
}
