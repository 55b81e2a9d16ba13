import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { MemoryService } from '../memory/memory.service';
import type { ChatMessage } from '../providers/provider';
import { textOf } from './runs/asked';
import type { TurnRequest } from './turn';

/**
 * What a turn has to do with the memory: it is asked before the model is, and keeps the message when the turn is over, so that no message
 * recalls itself. Neither can fail a turn.
 */
@Injectable()
export class TurnMemory implements BeforeApplicationShutdown {
  private readonly keeping = new Set<Promise<void>>();

  constructor(private readonly memory: MemoryService) {}

  /** The block that goes before the message; an empty text when there is nothing to say. */
  async recall(
    { mode, owner, sessionId, audience, messages }: TurnRequest,
    history: readonly ChatMessage[],
  ): Promise<string> {
    const asked = mode === 'agent' ? question(messages) : '';
    if (asked === '') return '';
    return this.memory.contextFor({ owner, sessionId, audience }, asked, [...history, ...messages].map(textOf));
  }

  /** In the background: nobody waits for it but the end of the process. */
  keep({ door, owner, sessionId, messages, remember }: TurnRequest): void {
    const text = remember ?? (door === 'openai' && sessionId === undefined ? '' : question(messages));
    if (text === '') return;
    const source = door === 'webhook' ? 'webhook' : 'api_chat';
    const kept = this.memory.keepMessage({ owner, sessionId, text, source }).finally(() => this.keeping.delete(kept));
    this.keeping.add(kept);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.keeping);
  }
}

/** What the caller says last, when it is a person's message: the results of tools ask for nothing. */
function question(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  return last?.role === 'user' ? textOf(last).trim() : '';
}
