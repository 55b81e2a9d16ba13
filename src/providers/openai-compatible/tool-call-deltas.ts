import { randomBytes } from 'node:crypto';
import type { ModelEvent } from '../provider';

/**
 * Puts the tool-call deltas of all hosts on one footing: a stable index, an id and a name at the first delta of a call, text as arguments.
 * Some hosts send no index, the same index for every call, whole calls at once, no id, or arguments as an object.
 */
export class ToolCallDeltas {
  private readonly byIndex = new Map<number, number>();
  private readonly ids: string[] = [];

  get count(): number {
    return this.ids.length;
  }

  accept(delta: Record<string, unknown>): Extract<ModelEvent, { type: 'tool_call' }> | undefined {
    const fn = (delta['function'] ?? delta) as Record<string, unknown>;
    const id = text(delta['id']);
    const name = text(fn['name']);
    const pieces = argumentText(fn['arguments']);
    const known = this.find(delta['index'], id, name);
    if (known !== undefined) return { type: 'tool_call', index: known, arguments: pieces };
    if (name === undefined) return undefined;
    const index = this.ids.length;
    const given = id ?? `call_${randomBytes(12).toString('hex')}`;
    this.ids.push(given);
    if (typeof delta['index'] === 'number') this.byIndex.set(delta['index'], index);
    return { type: 'tool_call', index, id: given, name, arguments: pieces };
  }

  private find(index: unknown, id: string | undefined, name: string | undefined): number | undefined {
    if (typeof index === 'number') {
      const known = this.byIndex.get(index);
      // Another id under a used index is another call.
      return known !== undefined && (id === undefined || id === this.ids[known]) ? known : undefined;
    }
    if (id !== undefined) {
      const known = this.ids.indexOf(id);
      return known === -1 ? undefined : known;
    }
    return name === undefined && this.ids.length > 0 ? this.ids.length - 1 : undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value == null ? '' : JSON.stringify(value);
}
