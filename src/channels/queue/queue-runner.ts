import { Logger } from '@nestjs/common';

/** How a queue is worked off. Rows are held until `handle` has settled; what it wants to become of the row, it writes itself. */
export interface QueueWork<Row extends { id: string }> {
  readonly name: string;
  /** Rows that may be on their way at once, asked for again each time. */
  slots(): number;
  take(limit: number): Promise<Row[]>;
  /** `cut` is aborted when the process has to go: then the row is let go. */
  handle(row: Row, cut: AbortSignal): Promise<void>;
  /** Lives for another lease. */
  renew(rows: readonly Row[]): Promise<void>;
}

/** Milliseconds for which a row is its process's own. */
export const LEASE_MS = 30_000;
const RENEW_EVERY_MS = LEASE_MS / 3;
/** How often to look for what nobody rings for: rows whose time has come, and those of other processes. */
const LOOK_EVERY_MS = 500;

/** Works a queue off in the background: at once when it is woken, and by looking now and then. Failing to take costs nothing but time. */
export class QueueRunner<Row extends { id: string }> {
  private readonly logger: Logger;
  private readonly held = new Map<string, Row>();
  private readonly running = new Set<Promise<void>>();
  private readonly cutting = new AbortController();
  private timers: NodeJS.Timeout[] = [];
  private taking: Promise<void> | undefined;
  private again = false;
  private open = false;
  private failing = false;

  constructor(private readonly work: QueueWork<Row>) {
    this.logger = new Logger(work.name);
  }

  get busy(): number {
    return this.running.size;
  }

  start(): void {
    this.open = true;
    this.timers = [
      setInterval(() => this.wake(), LOOK_EVERY_MS).unref(),
      setInterval(() => void this.renew(), RENEW_EVERY_MS).unref(),
    ];
    this.wake();
  }

  /** Something may be due. */
  wake(): void {
    if (!this.open) return;
    this.again = true;
    this.taking ??= this.take().finally(() => {
      this.taking = undefined;
      if (this.again) this.wake();
    });
  }

  /** Takes nothing any more; resolves when what was taken is done, or let go because `cut` was aborted. */
  async stop(cut: AbortSignal): Promise<void> {
    this.open = false;
    const end = () => this.cutting.abort(new Error('the gateway stops'));
    if (cut.aborted) end();
    else cut.addEventListener('abort', end, { once: true });
    await this.taking;
    await Promise.all(this.running);
    for (const timer of this.timers) clearInterval(timer);
  }

  private async take(): Promise<void> {
    while (this.open && this.again) {
      this.again = false;
      const free = this.work.slots() - this.running.size;
      if (free <= 0) return;
      try {
        const rows = await this.work.take(free);
        for (const row of rows) this.begin(row);
        if (rows.length === free) this.again = true;
        this.failing = false;
      } catch (error) {
        if (!this.failing) this.logger.warn({ err: error }, 'the queue cannot be read and is tried again');
        this.failing = true;
        return;
      }
    }
  }

  private begin(row: Row): void {
    this.held.set(row.id, row);
    const done = this.handle(row).finally(() => {
      if (this.held.get(row.id) === row) this.held.delete(row.id);
      this.running.delete(done);
      this.wake();
    });
    this.running.add(done);
  }

  private async handle(row: Row): Promise<void> {
    try {
      await this.work.handle(row, this.cutting.signal);
    } catch (error) {
      this.logger.error(
        { err: error, id: row.id },
        'a row was left as it is; its lease runs out and it is taken up again',
      );
    }
  }

  private async renew(): Promise<void> {
    if (this.held.size === 0) return;
    try {
      await this.work.renew([...this.held.values()]);
    } catch (error) {
      this.logger.warn({ err: error }, 'leases could not be renewed and are tried again');
    }
  }
}
