const NAMES = ['function_calls', 'function_call', 'tool_call', 'tool-call', 'toolcall', 'invoke', 'tool'];
const OPENING = new RegExp(`<(${NAMES.join('|')})(?:\\s[^<>]*)?>`, 'g');
const MAX_HELD = 65_536;

/**
 * Removes tool calls that a model wrote into its text as markup (`<tool_call>{…}</tool_call>`) instead of calling.
 * Only an element that begins with JSON or another element is taken for a call: prose about a `<tool>` tag stays.
 */
export class ToolMarkupFilter {
  private held = '';

  push(piece: string): string {
    if (this.held === '' && !piece.includes('<')) return piece;
    this.held += piece;
    return this.release(this.held.length > MAX_HELD);
  }

  end(): string {
    return this.release(true);
  }

  private release(final: boolean): string {
    const text = this.held;
    let out = '';
    let at = 0;
    OPENING.lastIndex = 0;
    for (let match = OPENING.exec(text); match; match = OPENING.exec(text)) {
      const body = text.slice(OPENING.lastIndex).trimStart();
      if (body !== '' && !/^[[{<]/.test(body)) continue;
      const closing = `</${match[1]}>`;
      const end = text.indexOf(closing, OPENING.lastIndex);
      if (end === -1) return this.keep(out + text.slice(at, match.index), final ? '' : text.slice(match.index));
      out += text.slice(at, match.index);
      at = OPENING.lastIndex = end + closing.length;
    }
    const open = final ? text.length : Math.max(at, startedTagAt(text));
    return this.keep(out + text.slice(at, open), text.slice(open));
  }

  private keep(out: string, held: string): string {
    this.held = held;
    return out;
  }
}

/** Where an opening tag begins that the text breaks off in; the length of the text when there is none. */
function startedTagAt(text: string): number {
  const at = text.lastIndexOf('<');
  if (at === -1) return text.length;
  const started = text.slice(at + 1);
  const isPrefix = NAMES.some((name) => name.startsWith(started));
  const isUnclosed =
    !started.includes('>') && NAMES.some((name) => started.startsWith(name) && /^\s/.test(started.slice(name.length)));
  return isPrefix || isUnclosed ? at : text.length;
}
