import type { AppError } from '../platform/errors/app-error';
import type { ChatMessage, FinishReason, ToolCall, Usage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { ModelAnswer, addUsage } from './model-answer';
import { ReplyFilter } from './reply-filter';
import { SpokenText } from './spoken-text';
import type { RunningTurn } from './runs/recorded-run';
import { ToolRounds } from './tool-rounds';
import type { DoneEvent, TurnProgress, TurnStop } from './turn';
import { callerOf } from './turn-caller';
import type { TurnKit } from './turn-kit';
import type { TurnLimits } from './turn-limits';
import type { TurnOpening } from './turn-question';
import { TurnQuestion } from './turn-question';
import type { EarlyEnd } from './turn-stop';
import {
  answerTooLong,
  circleWarning,
  inCircles,
  lastCallNotice,
  outOfRounds,
  outOfTime,
  outOfTokens,
} from './turn-stop';
import type { TurnTools } from './turn-tools';

const CONTINUATIONS = 3;
/** Characters of an answer that is still continued. */
const LONGEST_CONTINUED = 120_000;

interface Answered {
  calls: ToolCall[];
  finish: FinishReason;
  /** The model had more to say than it may. */
  cut: boolean;
}

/**
 * One turn: asks the model, runs the tools it wants, tells it the results, until it has answered or a limit is reached; then it ends with
 * what it has and says why.
 * All text is the answer, also what the model says between its calls. When the model calls a tool of the caller's, the turn ends with
 * those calls; calls of our own tools in the same round are not run, the model repeats them when it goes on.
 */
export class AgentLoop {
  usage: Usage = { inputTokens: 0, outputTokens: 0 };
  /** `provider/model` that answered last. */
  model: string | undefined;
  /** What has been said since the turn began, for the session: the caller's messages, then the model's and the tools'. */
  readonly said: ChatMessage[];
  /** Set when `run` has come to its end. */
  done: DoneEvent | undefined;

  private readonly asked: number;
  private readonly question: TurnQuestion;
  private readonly rounds: ToolRounds;
  private readonly spoken = new SpokenText();
  private warned = false;

  constructor(
    private readonly kit: TurnKit,
    private readonly turn: RunningTurn,
    private readonly tools: TurnTools,
    opening: TurnOpening,
    private readonly limits: TurnLimits,
  ) {
    this.question = new TurnQuestion(kit, turn, tools, opening);
    this.rounds = new ToolRounds(kit, turn, tools, limits);
    this.said = turn.messages.filter(({ role }) => role !== 'system');
    this.asked = this.said.length;
  }

  /** The model has said or called something. */
  get hasBegun(): boolean {
    return this.spoken.whole !== '' || this.said.length > this.asked;
  }

  async *run(): AsyncGenerator<TurnProgress, void> {
    try {
      this.done = yield* this.goThrough();
    } catch (error) {
      // A model that has not said a word in all that time gives nothing to answer with.
      if (this.limits.cause !== 'timeout' || !this.hasBegun) throw error;
      const reason = this.limits.signal.reason as AppError;
      this.done = yield* this.endEarly(outOfTime(reason, this.kit.config.get(AgentConfig)));
    }
  }

  private async *goThrough(): AsyncGenerator<TurnProgress, DoneEvent> {
    const { max_tool_iterations: iterations, max_turn_tokens: tokens } = this.kit.config.get(AgentConfig);
    const rounds = iterations || 20;
    for (let round = 1; ; round++) {
      const { calls, finish, cut } = yield* this.ask(round);
      const clientCalls = this.tools.forClient(calls);
      if (clientCalls.length > 0) return yield* this.end('tool_calls', clientCalls);
      if (cut) return yield* this.endEarly(answerTooLong());
      if (calls.length === 0 || this.turn.mode === 'none') {
        return yield* this.end(finish === 'tool_calls' ? 'stop' : finish);
      }
      if (round >= rounds) return yield* this.endEarly(outOfRounds(rounds));
      if (this.hasUsed(tokens)) return yield* this.endEarly(outOfTokens(tokens));
      this.remember(calls);
      const finding = yield* this.rounds.run(calls, this.said);
      if (finding !== undefined && this.warned) return yield* this.endEarly(inCircles(finding));
      if (finding !== undefined) this.addToResults(circleWarning(finding));
      this.warned ||= finding !== undefined;
      if (round + 1 === rounds) this.addToResults(lastCallNotice());
    }
  }

  /** One answer of the model; when it was cut off at a length that the caller did not ask for, it is told to go on. */
  private async *ask(round: number): AsyncGenerator<TurnProgress, Answered> {
    const filter = new ReplyFilter(this.kit.guard, this.tools.writtenCalls);
    this.spoken.begin();
    let begun = '';
    for (let part = 0; ; part++) {
      const answer = new ModelAnswer();
      const text = yield* this.listen(this.question.ask(round, this.said, begun), answer, filter);
      const unsaid = this.turn.whole === true ? filter.push(text) : '';
      const wasCut = answer.finish === 'length' && this.mayGoOn() && answer.toolCalls.length === 0;
      const goesOn = wasCut && text !== '' && part < CONTINUATIONS && begun.length + text.length < LONGEST_CONTINUED;
      const rest = goesOn ? unsaid : unsaid + filter.end(answer.toolCalls.length === 0);
      if (rest !== '') yield this.say(rest);
      begun += text;
      if (goesOn) continue;
      return { calls: [...answer.toolCalls, ...filter.calls()], finish: answer.finish, cut: wasCut && part > 0 };
    }
  }

  /** Passes one model call on; for a door that answers in one piece nothing yet. Returns what the model wrote, word for word. */
  private async *listen(
    question: ReturnType<TurnQuestion['ask']>,
    answer: ModelAnswer,
    filter: ReplyFilter,
  ): AsyncGenerator<TurnProgress, string> {
    const whole = this.turn.whole === true;
    let written = '';
    this.limits.patient = whole;
    try {
      for await (const event of this.kit.models.chat(question, this.limits.signal, undefined, callerOf(this.turn))) {
        this.limits.touch();
        if (event.type === 'text') {
          written += event.text;
          const text = whole ? '' : filter.push(event.text);
          if (text !== '') yield this.say(text);
        } else if (event.type !== 'reasoning') {
          answer.add(event);
          if (event.type === 'start') this.model = `${event.provider}/${event.model}`;
        }
      }
    } catch (error) {
      const rest = (whole ? filter.push(written) : '') + filter.end(false);
      if (rest !== '' && this.limits.cause === 'timeout') yield this.say(rest);
      throw error;
    }
    this.limits.patient = false;
    if (answer.usage) {
      this.usage = addUsage(this.usage, answer.usage);
      yield { type: 'usage', usage: answer.usage, model: answer.model, provider: answer.provider };
    }
    return written;
  }

  /** Whoever says how long an answer may be gets it that long; half an object and its other half are no object. */
  private mayGoOn(): boolean {
    const { mode, options } = this.turn;
    const isStructured = options?.responseFormat !== undefined && options.responseFormat.type !== 'text';
    const { max_turn_tokens: tokens } = this.kit.config.get(AgentConfig);
    return mode === 'agent' && options?.maxTokens === undefined && !isStructured && !this.hasUsed(tokens);
  }

  private hasUsed(tokens: number): boolean {
    return tokens > 0 && this.usage.inputTokens + this.usage.outputTokens >= tokens;
  }

  /** The model reads it with the newest result, where every protocol has room for it. */
  private addToResults(note: string): void {
    const last = this.said.at(-1);
    if (last?.role === 'tool') this.said[this.said.length - 1] = { ...last, content: last.content + note };
  }

  private say(text: string): TurnProgress {
    return { type: 'text', text: this.spoken.add(text), model: this.model ?? '' };
  }

  private note(sentence: string): TurnProgress {
    return { type: 'text', text: this.spoken.addNote(sentence), model: this.model ?? '' };
  }

  private remember(toolCalls: ToolCall[] = []): void {
    const content = this.spoken.takeNew().trim() || null;
    if (toolCalls.length > 0) this.said.push({ role: 'assistant', content, toolCalls });
    else if (content !== null) this.said.push({ role: 'assistant', content });
  }

  private fitToLeave(call: ToolCall): ToolCall {
    return { ...call, arguments: this.kit.guard.redactJson(call.arguments) };
  }

  private *endEarly({ stopped, sentence }: EarlyEnd): Generator<TurnProgress, DoneEvent> {
    yield this.note(sentence);
    return yield* this.end('length', [], stopped);
  }

  private *end(
    finishReason: FinishReason,
    toolCalls: ToolCall[] = [],
    stopped?: TurnStop,
  ): Generator<TurnProgress, DoneEvent> {
    const approvals = [...this.rounds.pending.values()];
    for (const { id, tool } of approvals) {
      if (this.spoken.whole.includes(id)) continue;
      yield this.note(`[${tool} waits for a person's approval: POST /api/approvals/${id}]`);
    }
    this.remember(toolCalls);
    return {
      type: 'done',
      text: this.spoken.whole,
      model: this.model ?? '',
      usage: this.usage,
      finishReason,
      ...(toolCalls.length > 0 && { toolCalls: toolCalls.map((call) => this.fitToLeave(call)) }),
      ...(stopped !== undefined && { stopped }),
      ...(approvals.length > 0 && { approvals }),
    };
  }
}
