import { JsonExtent } from './json-extent';
import { CLOSING, OPENING, readCall } from './tool-call-text';
import type { WrittenCall } from './tool-call-text';

/** A call that is still open after so many characters is judged as it stands. */
const MAX_HELD = 262_144;
/** Between the tag and the call some models open a code block. */
const LEAD = /^\s*(?:```[a-z_]*\s*)?(?=\{)/;
const LEAD_SO_FAR = /^\s*(?:`{0,2}|```[a-z_]*\s*)$/;
/** Behind the call: the end of that block, and a brace too many. */
const TRAIL = /^[\s`}]*<\/tool_call>/;
const TRAIL_SO_FAR = /^[\s`}]*(?:<(?:\/(?:t(?:o(?:o(?:l(?:_(?:c(?:a(?:l(?:l)?)?)?)?)?)?)?)?)?)?)?$/;
/** A code block that begins right before the tag. */
const BLOCK_BEFORE = /(?:^|\n)`{3}[a-z_]*\s*$/;
const BLOCK_SO_FAR = /(?:^|\n)`{1,3}[a-z_]*\s*$/;

/** An opening tag that a call follows. */
interface OpenCall {
  /** Index of the brace. */
  from: number;
  extent: JsonExtent;
}

/**
 * Takes the tool calls out of a stream of text. Holds back only what may be the beginning of one, so that other text passes at once,
 * and gives the same however the text is split. A tag that no JSON follows is prose and stays.
 */
export class ToolCallReader {
  readonly calls: WrittenCall[] = [];
  private held = '';
  private open: OpenCall | undefined;
  /** Nothing but blanks has come since the last call. */
  private behind = false;
  /** The call stands in a code block, whose end belongs to it. */
  private inBlock = false;
  private startsLine = true;

  /** The text that can pass. */
  push(piece: string): string {
    if (this.held === '' && !this.behind && !/[<`]/.test(piece)) return this.pass(piece);
    this.held += piece;
    return this.read(false);
  }

  end(): string {
    return this.read(true);
  }

  private read(final: boolean): string {
    let out = '';
    for (;;) {
      if (this.behind && !this.skipBehind(final)) return out;
      if (this.open) {
        if (!this.close(this.open, final || this.held.length > MAX_HELD)) return out;
        continue;
      }
      const tag = this.held.indexOf(OPENING);
      if (tag === -1) return out + this.take(final ? this.held.length : this.firstOpenAt());
      const after = this.held.slice(tag + OPENING.length);
      if (!final && LEAD_SO_FAR.test(after)) return out + this.take(this.blockBefore(tag));
      const lead = LEAD.exec(after);
      if (!lead) {
        out += this.take(tag + OPENING.length);
        continue;
      }
      const start = this.blockBefore(tag);
      out += this.take(start);
      const from = tag - start + OPENING.length + lead[0].length;
      this.open = { from, extent: new JsonExtent(from) };
    }
  }

  /** True when the call is complete and taken out; false while more of it has to come. */
  private close({ from, extent }: OpenCall, final: boolean): boolean {
    const end = extent.endIn(this.held);
    if (end === undefined) {
      if (!final) return false;
      // It never ended: a quote or brace is wrong, or the model was cut off. The first closing tag is as far as it can go.
      const closing = this.held.indexOf(CLOSING, from);
      this.finish(from, closing === -1 ? this.held.length : closing, closing === -1 ? 0 : CLOSING.length);
      return true;
    }
    const after = this.held.slice(end);
    if (!final && TRAIL_SO_FAR.test(after)) return false;
    this.finish(from, end, TRAIL.exec(after)?.[0].length ?? 0);
    return true;
  }

  private finish(from: number, end: number, trail: number): void {
    this.calls.push(readCall(this.held.slice(from, end)));
    this.inBlock ||= this.held.startsWith('```');
    this.held = this.held.slice(end + trail);
    this.open = undefined;
    this.behind = true;
  }

  /** Takes away blanks behind a call and the end of its code block. False while more of them may come. */
  private skipBehind(final: boolean): boolean {
    this.held = this.held.trimStart();
    if (this.inBlock && this.held.startsWith('```')) {
      this.held = this.held.slice(3).trimStart();
      this.inBlock = false;
    }
    const mayGoOn = this.inBlock && ['```', OPENING].some((next) => next.startsWith(this.held));
    if (this.held === '' || (mayGoOn && !final)) return false;
    this.inBlock &&= this.held.startsWith(OPENING);
    this.behind = false;
    return true;
  }

  /** Where a tag begins, with the code block it may stand in. */
  private blockBefore(tag: number): number {
    return this.blockAt(BLOCK_BEFORE, tag);
  }

  /** Index from which the held text may be the beginning of a call. */
  private firstOpenAt(): number {
    let at = this.held.length;
    for (let size = Math.min(OPENING.length - 1, at); size > 0; size--) {
      if (!this.held.endsWith(OPENING.slice(0, size))) continue;
      at -= size;
      break;
    }
    return this.blockAt(BLOCK_SO_FAR, at);
  }

  private blockAt(pattern: RegExp, end: number): number {
    const before = this.held.slice(0, end);
    const block = pattern.exec(before);
    if (!block) return end;
    const at = block.index + (block[0].startsWith('\n') ? 1 : 0);
    return at > 0 || this.startsLine ? at : end;
  }

  private take(end: number): string {
    const text = this.held.slice(0, end);
    this.held = this.held.slice(end);
    return this.pass(text);
  }

  private pass(text: string): string {
    if (text !== '') this.startsLine = text.endsWith('\n');
    return text;
  }
}
