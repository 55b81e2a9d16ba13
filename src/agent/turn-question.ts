import type { Question } from '../providers/models.service';
import type { ChatMessage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { pairUp } from './history';
import { makeRoom } from './make-room';
import { asText } from './text-protocol/text-messages';
import { estimateTokens } from './token-estimate';
import type { TurnRequest } from './turn';
import type { TurnKit } from './turn-kit';
import type { TurnTools } from './turn-tools';

const CONTINUE =
  'Your answer was cut off. Go on exactly where it ends: repeat nothing, announce nothing, and keep to its format.';
/** Kept free for the answer when nobody says how long it may be. */
const USUAL_ANSWER = 8_192;

/** What a turn begins with beside the words of its caller. */
export interface TurnOpening {
  /** The standing instruction. */
  prompt: string;
  /** Earlier turns of the session. */
  history: readonly ChatMessage[];
  /** What the memory has to say about the question; an empty text when nothing. Never kept. */
  memories: string;
}

/** What the model is asked in each round of one turn: everything in its place, and no more than it can read. */
export class TurnQuestion {
  private readonly history: readonly ChatMessage[];
  private readonly news: readonly ChatMessage[];
  /** The caller's last message, with the memories before it. */
  private readonly asked: { message: ChatMessage; withMemories: ChatMessage } | undefined;

  constructor(
    private readonly kit: TurnKit,
    private readonly turn: TurnRequest,
    private readonly tools: TurnTools,
    private readonly opening: TurnOpening,
  ) {
    this.history = pairUp(opening.history, turn.messages);
    this.news = turn.messages.filter(({ role }) => role === 'system');
    const message = turn.messages.findLast(({ role }) => role === 'user');
    if (message && opening.memories !== '') this.asked = { message, withMemories: behind(opening.memories, message) };
  }

  /** @param begun what the model has written of this round's answer before it was cut */
  ask(round: number, said: readonly ChatMessage[], begun = ''): Question {
    const system: ChatMessage = { role: 'system', content: this.opening.prompt };
    const conversation = this.conversation(said);
    const goOn: ChatMessage[] =
      begun === ''
        ? []
        : [
            { role: 'assistant', content: begun },
            { role: 'user', content: CONTINUE },
          ];
    return {
      ...this.turn.options,
      ...this.tools.offer(round),
      ...(this.turn.whole === true && { whole: true }),
      messages: [system, ...this.news, ...conversation, ...goOn],
    };
  }

  private conversation(said: readonly ChatMessage[]): ChatMessage[] {
    const { asked, history } = this;
    const spoken = asked ? said.map((message) => (message === asked.message ? asked.withMemories : message)) : said;
    const { context_window_tokens: window } = this.kit.config.get(AgentConfig);
    const fitting = makeRoom({ history, said: spoken }, window, () => this.taken(window));
    return this.tools.asText ? asText(fitting) : fitting;
  }

  /** Tokens of the window that are not the conversation's. */
  private taken(window: number): number {
    const { prompt } = this.opening;
    const answer = this.turn.options?.maxTokens ?? Math.min(USUAL_ANSWER, window / 4);
    const tools = this.tools.offer(1).tools;
    return estimateTokens(prompt) + answer + (tools ? estimateTokens(JSON.stringify(tools)) : 0);
  }
}

function behind(memories: string, message: ChatMessage): ChatMessage {
  if (message.role !== 'user') return message;
  if (typeof message.content === 'string') return { role: 'user', content: memories + message.content };
  return { role: 'user', content: [{ type: 'text', text: memories }, ...message.content] };
}
