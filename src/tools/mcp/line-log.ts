const LONGEST_LINE = 500;
const LINES_PER_MINUTE = 120;

/** Lines of a program on their way to our log: cut when they are long, left out when they are too many. */
export class LineLog {
  private windowStart = -Infinity;
  private written = 0;
  private newest = '';

  constructor(private readonly write: (line: string) => void) {}

  /** The newest line that says something. */
  get last(): string {
    return this.newest;
  }

  add(text: string): void {
    const line = text.trim().slice(0, LONGEST_LINE);
    if (line === '') return;
    this.newest = line;
    const now = performance.now();
    if (now - this.windowStart >= 60_000) {
      this.windowStart = now;
      this.written = 0;
    }
    this.written++;
    if (this.written <= LINES_PER_MINUTE) this.write(line);
    else if (this.written === LINES_PER_MINUTE + 1) this.write('[more lines in this minute are left out]');
  }

  forget(): void {
    this.newest = '';
  }
}
