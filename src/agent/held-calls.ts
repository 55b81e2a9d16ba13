import type { HeldCall } from '../tools/tool';

/** The calls of one round that wait for a person. */
export class HeldCalls {
  private readonly unseen: HeldCall[] = [];
  private bell = Promise.withResolvers<void>();
  private count = 0;

  /** @param onChange told whether any call waits */
  constructor(private readonly onChange: (waiting: boolean) => void) {}

  /** Returns what ends the waiting. */
  note(held: HeldCall): () => void {
    this.unseen.push(held);
    this.change(1);
    this.bell.resolve();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.change(-1);
    };
  }

  /** The calls that begin to wait while `work` is not settled. */
  async *while(work: Promise<unknown>): AsyncGenerator<HeldCall, void> {
    const over = work.then(
      () => true,
      () => true,
    );
    for (let isOver = false; !isOver;) {
      isOver = await Promise.race([over, this.bell.promise.then(() => false)]);
      this.bell = Promise.withResolvers();
      yield* this.unseen.splice(0);
    }
  }

  private change(by: number): void {
    this.count += by;
    this.onChange(this.count > 0);
  }
}
