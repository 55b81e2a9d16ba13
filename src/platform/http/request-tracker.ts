import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { GatewayRequest } from './principal';

/** Called once per request when its response is over, whole or cut. */
export type RequestObserver = (request: GatewayRequest, response: ServerResponse, seconds: number) => void;

interface Tracked {
  response: ServerResponse;
  /** Its index among the open ones. */
  place: number;
}

/** Knows which requests are being served: for metrics, for the log, and for a shutdown that waits for them. */
@Injectable()
export class RequestTracker {
  /**
   * Not a Set: V8 replaces the table of one that is added to and deleted from all the time again and again, and the tables of one that has
   * become old are born old. Each outgrown table keeps the requests of its time, whole, until the next major collection.
   */
  private readonly open: Tracked[] = [];
  private readonly observers: RequestObserver[] = [];
  private idleWaiters: (() => void)[] = [];

  get inFlight(): number {
    return this.open.length;
  }

  observe(observer: RequestObserver): void {
    this.observers.push(observer);
  }

  track(request: GatewayRequest, response: ServerResponse): void {
    const started = performance.now();
    const tracked: Tracked = { response, place: this.open.length };
    this.open.push(tracked);
    // It comes once; `once` would wrap the listener.
    response.on('close', () => {
      this.remove(tracked);
      const seconds = (performance.now() - started) / 1000;
      for (const observer of this.observers) observer(request, response, seconds);
      if (this.open.length === 0) this.wake();
    });
  }

  /** Resolves when no request is being served any more. */
  async idle(): Promise<void> {
    if (this.open.length === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Cuts every response that is still open; what serves them sees its client leave. */
  cutAll(): void {
    for (const { response } of this.open) response.destroy();
  }

  /** The last one takes its place, so that nothing moves up. */
  private remove({ place }: Tracked): void {
    const last = this.open.pop();
    if (last === undefined || last.place === place) return;
    last.place = place;
    this.open[place] = last;
  }

  private wake(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const waiter of waiters) waiter();
  }
}
