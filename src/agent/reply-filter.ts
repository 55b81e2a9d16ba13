import type { LeakFilter } from '../platform/leak-guard/leak-filter';
import type { LeakGuard } from '../platform/leak-guard/leak-guard';
import { ToolMarkupFilter } from './tool-markup';

const ONLY_MARKUP = 'The model wrote a malformed tool call instead of an answer. Please ask again.';

/** What a model's text goes through on its way out: tool markup is removed, credentials are made unreadable. One per model call. */
export class ReplyFilter {
  private readonly markup = new ToolMarkupFilter();
  private readonly leaks: LeakFilter;
  private heard = false;
  private said = false;

  constructor(guard: LeakGuard) {
    this.leaks = guard.filter();
  }

  push(piece: string): string {
    this.heard ||= /\S/.test(piece);
    return this.pass(this.leaks.push(this.markup.push(piece)));
  }

  /** @param final false when the model goes on to call tools, so that an answer without text is nothing to explain. */
  end(final: boolean): string {
    const rest = this.pass(this.leaks.push(this.markup.end()) + this.leaks.end());
    return final && this.heard && !this.said ? rest + ONLY_MARKUP : rest;
  }

  private pass(text: string): string {
    this.said ||= /\S/.test(text);
    return text;
  }
}
