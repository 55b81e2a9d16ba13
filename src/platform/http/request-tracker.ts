import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { GatewayRequest } from './principal';

/** Called once per request when its response is over, whole or cut. */
export type RequestObserver = (request: GatewayRequest, response: ServerResponse, seconds: number) => void;

/** Knows which requests are being served: for metrics, for the log, and for a shutdown that waits for them. */
@Injectable()
export class RequestTracker {
  private readonly open = new Set<ServerResponse>();
  private readonly observers: RequestObserver[] = [];
  private idleWaiters: (() => void)[] = [];

  get inFlight(): number {
    return this.open.size;
  }

  observe(observer: RequestObserver): void {
    this.observers.push(observer);
  }

  track(request: GatewayRequest, response: ServerResponse): void {
    const started = performance.now();
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      const seconds = (performance.now() - started) / 1000;
      for (const observer of this.observers) observer(request, response, seconds);
      if (this.open.size === 0) this.wake();
    });
  }

  /** Resolves when no request is being served any more. */
  async idle(): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Cuts every response that is still open; what serves them sees its client leave. */
  cutAll(): void {
    for (const response of this.open) response.destroy();
  }

  private wake(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const waiter of waiters) waiter();
  }
}
