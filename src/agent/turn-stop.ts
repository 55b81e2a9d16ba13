import type { AppError } from '../platform/errors/app-error';
import type { AgentConfig } from './agent.config';
import type { TurnStop } from './turn';

/** Why a turn ends with what it has, and the sentence that says so in its answer. */
export interface EarlyEnd {
  stopped: TurnStop;
  sentence: string;
}

export function outOfRounds(rounds: number): EarlyEnd {
  return {
    stopped: 'max_tool_iterations',
    sentence: `I stopped here: this turn has used all of its ${rounds} model calls.`,
  };
}

export function outOfTokens(tokens: number): EarlyEnd {
  return { stopped: 'max_turn_tokens', sentence: `I stopped here: this turn has used its ${tokens} tokens.` };
}

export function inCircles(finding: string): EarlyEnd {
  return { stopped: 'loop', sentence: `I stopped here because I was going in circles: ${finding}.` };
}

export function answerTooLong(): EarlyEnd {
  return { stopped: 'max_output', sentence: '[The answer is longer than this and was cut here. Ask for the rest.]' };
}

/** @param reason what the limits ended the turn with */
export function outOfTime(reason: AppError, config: Readonly<AgentConfig>): EarlyEnd {
  if (reason.code === 'turn.idle') {
    const sentence = `I stopped here: nothing was heard for ${config.idle_timeout_secs} seconds, neither from the model nor from a tool.`;
    return { stopped: 'idle_timeout', sentence };
  }
  return {
    stopped: 'turn_timeout',
    sentence: `I stopped here: the ${config.turn_timeout_secs} seconds of this turn are over.`,
  };
}

/** For the model, at the end of a result. */
export function lastCallNotice(): string {
  return '\n\n[Note of the gateway: you can call no more tools in this turn. Answer now with what you have, and say what is missing.]';
}

export function circleWarning(finding: string): string {
  return `\n\n[Note of the gateway: ${finding}. Try something else, or answer with what you have; if this goes on, the turn is ended.]`;
}
