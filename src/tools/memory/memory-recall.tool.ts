import { Injectable } from '@nestjs/common';
import { MemoryService } from '../../memory/memory.service';
import { RegisterTool } from '../register-tool';
import type { Tool, ToolContext, ToolResult } from '../tool';
import { memoryIsOff, memoryScope, textOf } from './memory-call';

const USUALLY = 5;
const MOST = 50;

/** Lets the model look something up in the memory, as far as the person it talks to may see it. */
@RegisterTool()
@Injectable()
export class MemoryRecallTool implements Tool {
  readonly name = 'memory_recall';
  readonly description =
    'Searches what was remembered, by words, best first; each entry with its category and how well it fits. ' +
    'Finds entries of this person and those meant for everybody.';
  readonly risk = 'low';
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

  off(): string | undefined {
    return memoryIsOff(this.memory);
  }

  async execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    const limit = typeof args['limit'] === 'number' ? Math.min(Math.max(1, args['limit']), MOST) : USUALLY;
    const found = await this.memory.recall(memoryScope(context), textOf(args['query']), { limit });
    if (found.length === 0) return { success: true, output: 'No memories found matching that query.' };
    const lines = found.map(
      ({ category, key, content, score }) => `- [${category}] ${key}: ${content} [${Math.round((score ?? 0) * 100)}%]`,
    );
    return { success: true, output: [`Found ${found.length} memories:`, ...lines].join('\n') };
  }
}
