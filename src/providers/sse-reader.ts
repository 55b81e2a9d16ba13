const LINE_LIMIT = 4 * 1024 * 1024;
const TOTAL_LIMIT = 64 * 1024 * 1024;

/** The stream is larger than any answer may be. */
export class OversizedStream extends Error {}

/**
 * Cuts a `text/event-stream` into the data of its events, whatever the pieces the network delivers.
 * Follows https://html.spec.whatwg.org/multipage/server-sent-events.html for data and comments; event names are left to the data, which repeats them.
 */
export class SseReader {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private data: string | undefined;
  private total = 0;

  /** The data of every event that `chunk` completes. */
  push(chunk: Uint8Array): string[] {
    this.total += chunk.length;
    if (this.total > TOTAL_LIMIT) throw new OversizedStream('the stream is too large');
    const text = this.rest + this.decoder.decode(chunk, { stream: true });
    const events: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.line(text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end), events);
      start = end + 1;
    }
    this.rest = text.slice(start);
    if (this.rest.length + (this.data?.length ?? 0) > LINE_LIMIT) throw new OversizedStream('an event is too large');
    return events;
  }

  /** The data of a last event that lacks its closing blank line; many hosts leave it out. */
  end(): string[] {
    const events: string[] = [];
    if (this.rest !== '') this.line(this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest, events);
    this.line('', events);
    this.rest = '';
    return events;
  }

  private line(line: string, events: string[]): void {
    if (line === '') {
      if (this.data !== undefined) events.push(this.data);
      this.data = undefined;
    } else if (line.startsWith('data:')) {
      const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    }
  }
}
