import { Injectable } from '@nestjs/common';
import { MemoryService } from '../../memory/memory.service';
import { RegisterTool } from '../register-tool';
import type { Tool, ToolContext, ToolResult } from '../tool';
import { memoryIsOff, memoryScope, textOf } from './memory-call';

/** Lets the model forget an entry of the person it talks to; never one of somebody else. */
@RegisterTool()
@Injectable()
export class MemoryForgetTool implements Tool {
  readonly name = 'memory_forget';
  readonly description = 'Forgets for good what was stored under a key in the name of this person.';
  readonly risk = 'low';
  readonly acts = true;
  readonly parameters = {
    type: 'object',
    properties: { key: { type: 'string', minLength: 1, maxLength: 255, description: 'The exact key of the entry.' } },
    required: ['key'],
    additionalProperties: false,
  };

  constructor(private readonly memory: MemoryService) {}

  off(): string | undefined {
    return memoryIsOff(this.memory);
  }

  async execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    const key = textOf(args['key']);
    const forgotten = await this.memory.forget(memoryScope(context), key);
    return { success: true, output: `${forgotten ? 'Forgot memory' : 'No memory found with key'}: ${key}` };
  }
}
