const enum Code {
  Quote = 34,
  Backslash = 92,
  OpenBrace = 123,
  CloseBrace = 125,
}

/** Finds where a JSON object ends in a text that is still growing. Every character is looked at once, however often it is asked. */
export class JsonExtent {
  private at: number;
  private depth = 0;
  private inString = false;
  private end: number | undefined;

  /** @param start index of the opening brace */
  constructor(start: number) {
    this.at = start;
  }

  /** Index behind the closing brace; undefined while it has not come. `text` is the same as last time, or longer. */
  endIn(text: string): number | undefined {
    for (; this.end === undefined && this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (this.inString) {
        if (code === Code.Quote) this.inString = false;
        // Whatever is escaped is skipped; it may not have come yet.
        else if (code === Code.Backslash) this.at++;
      } else if (code === Code.Quote) this.inString = true;
      else if (code === Code.OpenBrace) this.depth++;
      else if (code === Code.CloseBrace && --this.depth === 0) this.end = this.at + 1;
    }
    return this.end;
  }
}
