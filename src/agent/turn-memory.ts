import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { MemoryService } from '../memory/memory.service';
import type { ChatMessage } from '../providers/provider';
import { textOf } from './runs/asked';
import type { Door, TurnRequest } from './turn';

/** How keys of remembered messages begin; the first two are ZeroClaw's. */
const SOURCES: Record<Door, string> = {
  webhook: 'webhook',
  api_chat: 'api_chat',
  openai: 'api_chat',
  mcp: 'api_chat',
  ws: 'ws',
  session: 'session',
  cron: 'cron',
  channel: 'channel',
};

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
  keep({ door, owner, sessionId, messages, remember, turnKey }: TurnRequest): void {
    const text = remember ?? (door === 'openai' && sessionId === undefined ? '' : question(messages));
    if (text === '') return;
    const source = SOURCES[door];
    // A turn that is run again after a crash is remembered once.
    const key = turnKey === undefined ? {} : { key: `${source}_msg_${turnKey.slice(-200)}` };
    const kept = this.memory
      .keepMessage({ owner, sessionId, text, source, ...key })
      .finally(() => this.keeping.delete(kept));
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
