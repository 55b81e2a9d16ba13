import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { inCohort } from '../cohort';
import { AnswerBody } from './answer-body';
import { EgressError, egressFailure } from './egress-error';

/** What a host answered. */
export interface EgressAnswer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  /** Unread: read it to the end, drain or discard it. */
  body: AnswerBody;
}

/** One request and its answer, on undici's bare dispatch: its own `request()` costs as much again as the exchange itself. */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly settled = Promise.withResolvers<EgressAnswer>();
  private controller: Dispatcher.DispatchController | undefined;
  private body: AnswerBody | undefined;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.abort, { once: true });
  }

  /** Rejects with EgressError, or the signal's reason. */
  get answer(): Promise<EgressAnswer> {
    return this.settled.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    // 1xx only announce an answer.
    if (statusCode < 200) return;
    const body = new AnswerBody(controller);
    this.body = body;
    inCohort(() => this.settled.resolve({ statusCode, headers, body }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body?.push(chunk);
  }

  onResponseEnd(): void {
    this.signal.removeEventListener('abort', this.abort);
    this.body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.abort);
    if (this.body) this.body.fail(error);
    else this.fail(error);
  }

  /** There will be no answer. */
  fail(error: unknown): void {
    const { aborted, reason } = this.signal;
    this.settled.reject(aborted ? reason : new EgressError(egressFailure(error), error));
  }

  /** Also ends the wait of a request that is still queued for a connection. */
  private readonly abort = (): void => {
    const reason: unknown = this.signal.reason;
    this.settled.reject(reason);
    this.controller?.abort(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
  };
}
