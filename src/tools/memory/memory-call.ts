import type { MemoryScope } from '../../memory/memory';
import type { MemoryService } from '../../memory/memory.service';
import type { ToolContext } from '../tool';

/** A turn without an owner sees what is everybody's: no entry is owned by the empty name. */
export function memoryScope({ owner = '', sessionId, audience }: ToolContext): MemoryScope {
  return { owner, sessionId, audience };
}

export function memoryIsOff(memory: MemoryService): string | undefined {
  return memory.enabled ? undefined : '[memory] backend is none';
}

export function textOf(argument: unknown): string {
  return typeof argument === 'string' ? argument : '';
}
