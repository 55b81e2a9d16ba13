import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { RequestTracker } from '../http/request-tracker';
import { LifecycleConfig } from './lifecycle.config';

export type LifecycleState = 'starting' | 'ready' | 'draining';

/** Time for a cut request to unwind before the process goes. */
const UNWIND_MS = 1_000;

/** Work that no request waits for: open sockets, queues, schedules. */
export interface BackgroundWork {
  /**
   * Takes up nothing new from now on; resolves when what runs has finished or can be taken up again by another process.
   * `cut` is aborted when the grace period is over: then everything is let go at once.
   */
  stop(cut: AbortSignal): Promise<void>;
}

/** From start to stop: whether new work is welcome, and a stop that lets running work finish. */
@Injectable()
export class Lifecycle {
  private readonly logger = new Logger(Lifecycle.name);
  private readonly background: BackgroundWork[] = [];
  private current: LifecycleState = 'starting';

  constructor(
    private readonly requests: RequestTracker,
    private readonly config: ConfigService,
  ) {}

  get state(): LifecycleState {
    return this.current;
  }

  started(): void {
    this.current = 'ready';
  }

  /** From now on `drain` stops this too, and waits for it. */
  register(work: BackgroundWork): void {
    this.background.push(work);
  }

  /**
   * Readiness turns red and new work is refused; resolves when nothing runs any more, at the latest after `shutdown_grace_secs`,
   * when what is left is cut.
   */
  async drain(): Promise<void> {
    if (this.current === 'draining') return;
    this.current = 'draining';
    const grace = this.config.get(LifecycleConfig).shutdown_grace_secs * 1000;
    if (this.requests.inFlight > 0)
      this.logger.log(`Stopping: ${this.requests.inFlight} requests may take ${grace / 1000} s to finish`);
    const cut = new AbortController();
    const work = Promise.allSettled([this.requests.idle(), ...this.background.map((one) => one.stop(cut.signal))]);
    if (await settledWithin(work, grace)) return;
    this.logger.warn(`Stopping: what did not finish in time is cut, ${this.requests.inFlight} requests among it`);
    cut.abort();
    this.requests.cutAll();
    await settledWithin(work, UNWIND_MS);
  }
}

async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  work.then(
    () => resolve(true),
    () => resolve(true),
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
