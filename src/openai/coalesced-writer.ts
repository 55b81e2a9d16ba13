import type { ServerResponse } from 'node:http';

/**
 * Joins the pieces that come within one tick into one write, so that a burst of small chunks costs one system call.
 * Nothing waits for a timer: what a tick brought leaves at its end.
 */
export class CoalescedWriter {
  private pieces: Buffer[] = [];

  /**
   * @param onPressure called when the client reads slower than the pieces come, until the response emits `drain`.
   * @param shape decides what of a tick's bytes goes out.
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly onPressure: () => void,
    private readonly shape?: (bytes: Buffer) => Buffer,
  ) {}

  write(piece: Buffer): void {
    if (this.pieces.push(piece) === 1) process.nextTick(this.flush);
  }

  /** Sends at once what is waiting for the end of the tick. */
  readonly flush = (): void => {
    const { pieces, shape, response } = this;
    if (pieces.length === 0 || response.destroyed) return;
    this.pieces = [];
    const [first] = pieces;
    const joined = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
    const bytes = shape === undefined ? joined : shape(joined);
    if (bytes.length > 0 && !response.write(bytes)) this.onPressure();
  };

  /** Sends what is left, and `last` behind it. */
  end(last?: Buffer): void {
    this.flush();
    if (this.response.destroyed) return;
    if (last === undefined || last.length === 0) this.response.end();
    else this.response.end(last);
  }
}
