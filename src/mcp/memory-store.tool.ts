import { Injectable } from '@nestjs/common';
import { CONVERSATION, DAILY, PERSONAL } from '../memory/memory';
import { MemoryService } from '../memory/memory.service';
import type { ServedCall, ServedResult, ServedTool } from './served-tool';

/**
 * Remembers something for the caller. Never for everybody: behind an MCP client is a model, and what a model has read somewhere must not
 * reach other people's conversations. A person does that at `POST /api/memory`.
 */
@Injectable()
export class MemoryStoreTool implements ServedTool {
  readonly name = 'memory_store';
  readonly description =
    'Has the ZeroClaw agent remember something about you for later conversations, in place of what is stored under the same key.';
  readonly hints = { readOnlyHint: false, destructiveHint: true, openWorldHint: false };
  readonly parameters = {
    type: 'object',
    properties: {
      key: { type: 'string', minLength: 1, maxLength: 255, description: 'What it is about, e.g. "favourite_colour".' },
      content: {
        type: 'string',
        minLength: 1,
        maxLength: 32_768,
        description: 'What to remember, in a full sentence.',
      },
      category: {
        type: 'string',
        enum: [PERSONAL, DAILY, CONVERSATION],
        default: PERSONAL,
        description: 'personal: for good. daily: notes of the day, gone after some days. conversation: gone later.',
      },
    },
    required: ['key', 'content'],
    additionalProperties: false,
  };

  constructor(private readonly memory: MemoryService) {}

  async call(args: Record<string, unknown>, { caller }: ServedCall): Promise<ServedResult> {
    const { key, content, category = PERSONAL } = args as { key: string; content: string; category?: string };
    await this.memory.remember({ owner: caller.id }, { key, content, category });
    return { text: `Remembered ${key}.` };
  }
}
