import type { ServerResponse } from 'node:http';

/**
 * Joins the pieces that come within one tick into one write, so that a burst of small chunks costs one system call.
 * Nothing waits for a timer: what a tick brought leaves at its end.
 */
export class CoalescedWriter {
  private pieces: Buffer[] = [];
  private readonly flush = () => {
    if (this.pieces.length === 0 || this.response.destroyed) return;
    if (!this.response.write(this.take())) this.onPressure();
  };

  /** @param onPressure called when the client reads slower than the pieces come, until the response emits `drain`. */
  constructor(
    private readonly response: ServerResponse,
    private readonly onPressure: () => void,
  ) {}

  write(piece: Buffer): void {
    if (this.pieces.push(piece) === 1) process.nextTick(this.flush);
  }

  /** Sends what is left, and `last` behind it. */
  end(last?: Buffer): void {
    if (last !== undefined && last.length > 0) this.pieces.push(last);
    if (this.response.destroyed) this.pieces = [];
    else if (this.pieces.length === 0) this.response.end();
    else this.response.end(this.take());
  }

  private take(): Buffer {
    const { pieces } = this;
    this.pieces = [];
    const [first] = pieces;
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
  }
}
