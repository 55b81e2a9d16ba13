import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { RequestTracker } from '../http/request-tracker';
import { LifecycleConfig } from './lifecycle.config';

export type LifecycleState = 'starting' | 'ready' | 'draining';

/** Time for a cut request to unwind before the process goes. */
const UNWIND_MS = 1_000;

/** From start to stop: whether new work is welcome, and a stop that lets running work finish. */
@Injectable()
export class Lifecycle {
  private readonly logger = new Logger(Lifecycle.name);
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
    if (await settledWithin(this.requests.idle(), grace)) return;
    this.logger.warn(`Stopping: ${this.requests.inFlight} requests did not finish in time and are cut`);
    this.requests.cutAll();
    await settledWithin(this.requests.idle(), UNWIND_MS);
  }
}

async function settledWithin(work: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  void work.then(() => resolve(true));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
