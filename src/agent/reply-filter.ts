import { randomBytes } from 'node:crypto';
import type { LeakFilter } from '../platform/leak-guard/leak-filter';
import type { LeakGuard } from '../platform/leak-guard/leak-guard';
import type { ToolCall } from '../providers/provider';
import { ToolCallReader } from './text-protocol/tool-call-reader';
import { ToolMarkupFilter } from './tool-markup';

const ONLY_MARKUP = 'The model wrote a malformed tool call instead of an answer. Please ask again.';

/**
 * What a model's text goes through on its way out: calls of the text protocol are read, other tool markup is removed, credentials are made
 * unreadable. One per answer.
 */
export class ReplyFilter {
  private readonly reader: ToolCallReader | undefined;
  private readonly markup = new ToolMarkupFilter();
  private readonly leaks: LeakFilter;
  private heard = false;
  private said = false;

  /** @param withCalls the model calls tools by the text protocol */
  constructor(guard: LeakGuard, withCalls: boolean) {
    this.reader = withCalls ? new ToolCallReader() : undefined;
    this.leaks = guard.filter();
  }

  push(piece: string): string {
    return this.send(this.reader ? this.reader.push(piece) : piece);
  }

  /** @param final false when the model goes on to call tools, so that an answer without text is nothing to explain. */
  end(final: boolean): string {
    const read = this.send(this.reader?.end() ?? '');
    const rest = read + this.pass(this.leaks.push(this.markup.end()) + this.leaks.end());
    const isOver = final && (this.reader?.calls.length ?? 0) === 0;
    return isOver && this.heard && !this.said ? rest + ONLY_MARKUP : rest;
  }

  /** What the model called in its text. Complete after `end`. */
  calls(): ToolCall[] {
    return (this.reader?.calls ?? []).map((call) => ({ id: `call_${randomBytes(12).toString('hex')}`, ...call }));
  }

  private send(text: string): string {
    this.heard ||= /\S/.test(text);
    return this.pass(this.leaks.push(this.markup.push(text)));
  }

  private pass(text: string): string {
    this.said ||= /\S/.test(text);
    return text;
  }
}
