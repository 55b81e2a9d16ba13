import { Injectable } from '@nestjs/common';
import { MemoryService } from '../memory/memory.service';
import type { ServedCall, ServedResult, ServedTool } from './served-tool';

const USUALLY = 5;
const MOST = 50;

/** What the agent remembers of the caller, and what is everybody's. */
@Injectable()
export class MemoryRecallTool implements ServedTool {
  readonly name = 'memory_recall';
  readonly description =
    'Searches what the ZeroClaw agent remembers, best first: your own entries and those meant for everybody.';
  readonly hints = { readOnlyHint: true, openWorldHint: false };
  readonly parameters = {
    type: 'object',
    properties: {
      query: { type: 'string', minLength: 1, maxLength: 2_000, description: 'Words that the entry may contain.' },
      limit: { type: 'integer', minimum: 1, maximum: MOST, default: USUALLY, description: 'Entries at the most.' },
    },
    required: ['query'],
    additionalProperties: false,
  };

  constructor(private readonly memory: MemoryService) {}

  async call(args: Record<string, unknown>, { caller }: ServedCall): Promise<ServedResult> {
    const { query, limit = USUALLY } = args as { query: string; limit?: number };
    const found = await this.memory.recall({ owner: caller.id }, query, { limit });
    const lines = found.map(({ category, key, content }) => `[${category}] ${key}: ${content}`);
    const entries = found.map(({ key, content, category, score }) => ({ key, content, category, score }));
    return { text: lines.join('\n') || 'Nothing is remembered about that.', structured: { entries } };
  }
}
