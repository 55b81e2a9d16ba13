const PARAGRAPH = '\n\n';

/** The answer of a turn as it grows. All text is the answer; what the model says in another call of the turn is another paragraph. */
export class SpokenText {
  whole = '';
  private from = 0;
  private taken = 0;

  /** Another model call begins. */
  begin(): void {
    this.from = this.whole.length;
  }

  /** Returns the text as it is heard. */
  add(text: string): string {
    const isFirst = this.from > 0 && this.whole.length === this.from;
    return this.append(isFirst && !this.whole.endsWith(PARAGRAPH) ? PARAGRAPH + text.trimStart() : text);
  }

  /** A sentence of the gateway's own, set apart. */
  addNote(note: string): string {
    return this.append(this.whole === '' || this.whole.endsWith(PARAGRAPH) ? note : PARAGRAPH + note);
  }

  /** What was said since this was asked last. */
  takeNew(): string {
    const text = this.whole.slice(this.taken);
    this.taken = this.whole.length;
    return text;
  }

  private append(text: string): string {
    this.whole += text;
    return text;
  }
}
