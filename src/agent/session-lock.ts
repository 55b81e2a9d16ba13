import { AppError } from '../platform/errors/app-error';

/** Turns of one session that may wait for the running one. */
const MAX_WAITING = 8;

interface Waiter {
  enter(): void;
}

/**
 * Lets one turn of a session run at a time, the others in the order they came. Memory is held only for sessions in use.
 * The lock is this process's own: replicas do not see each other's.
 */
export class SessionLock {
  private readonly queues = new Map<string, Waiter[]>();

  /** Resolves with the function that lets the next one in. Rejects with `session.busy`, or the signal's reason when the waiting client leaves. */
  async acquire(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.queues.get(key);
    if (!queue) this.queues.set(key, []);
    else await this.wait(queue, signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.next(key);
    };
  }

  private wait(queue: Waiter[], signal: AbortSignal): Promise<void> {
    if (queue.length >= MAX_WAITING) {
      throw new AppError(
        429,
        'session.busy',
        `${MAX_WAITING} turns of this session are waiting already; send the next one when an answer has come`,
        { retryAfter: 5 },
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      queue.splice(queue.indexOf(waiter), 1);
      reject(signal.reason);
    };
    const waiter: Waiter = {
      enter: () => {
        signal.removeEventListener('abort', leave);
        resolve();
      },
    };
    queue.push(waiter);
    signal.addEventListener('abort', leave, { once: true });
    return promise;
  }

  private next(key: string): void {
    const waiter = this.queues.get(key)?.shift();
    if (waiter) waiter.enter();
    else this.queues.delete(key);
  }
}
