import type { FoundLine } from './line-search';
import type { OutputMode } from './search-request';

const MAX_CHARS = 1024 * 1024;

/** Puts the results of a search together, as far as they fit. */
export class SearchReport {
  private readonly lines: string[] = [];
  private readonly notes: string[] = [];
  private results = 0;
  private chars = 0;

  constructor(
    private readonly mode: OutputMode,
    private readonly maxResults: number,
  ) {}

  get isFull(): boolean {
    return this.results >= this.maxResults || this.chars >= MAX_CHARS;
  }

  /** How many matching lines are of use in the next file. */
  get wanted(): number {
    if (this.mode === 'count') return Number.MAX_SAFE_INTEGER;
    return this.mode === 'content' ? this.maxResults - this.results : 1;
  }

  add(path: string, found: readonly FoundLine[]): void {
    const matches = found.filter(({ isMatch }) => isMatch).length;
    if (matches === 0) return;
    this.results += this.mode === 'content' ? matches : 1;
    if (this.mode === 'files_with_matches') this.write(path);
    else if (this.mode === 'count') this.write(`${path}: ${matches}`);
    else
      for (const { line, text, isMatch } of found)
        this.write(isMatch ? `${path}:${line}: ${text}` : `${path}-${line}- ${text}`);
  }

  note(text: string): void {
    this.notes.push(`[${text}]`);
  }

  text(): string {
    if (this.isFull) this.note('there may be more; use a narrower pattern, path or include');
    const all = [...this.lines, ...this.notes];
    return all.length > 0 ? all.join('\n') : 'Nothing matches.';
  }

  private write(line: string): void {
    if (this.chars >= MAX_CHARS) return;
    this.lines.push(line);
    this.chars += line.length + 1;
  }
}
