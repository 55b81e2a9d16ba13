/** The keys of one host, one of them in use. A key that the host refuses or limits makes room for the next one. */
export class KeyRing {
  private index = 0;

  constructor(readonly size: number) {}

  /** Position of the key in use. */
  get current(): number {
    return this.index;
  }

  /** Calls that run at the same time report the same key; the ring moves on once. */
  refused(position: number): void {
    if (position === this.index && this.size > 0) this.index = (position + 1) % this.size;
  }
}
