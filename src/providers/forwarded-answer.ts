import type { Dispatcher } from 'undici';
import type { CallRecord } from './call-record';
import type { Usage } from './provider';

/**
 * A host's 2xx on its way to the client, its body unread. Whoever relays the body says how it went, exactly once: `finished` after its
 * last byte, `failed` when it broke off or the client left. That is what metrics, usage and the circuit breaker live on.
 */
export class ForwardedAnswer {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];

  constructor(
    response: Dispatcher.ResponseData,
    private readonly record: CallRecord,
  ) {
    this.statusCode = response.statusCode;
    this.headers = response.headers;
    this.body = response.body;
  }

  /** The whole body was relayed. `usage` as the host stated it in there. */
  finished(usage?: Usage): void {
    this.record.completed(usage);
  }

  /** A ProviderError (`cut`, `timeout`, …) blames the host; anything else counts as a client that left. */
  failed(error: unknown, usage?: Usage): void {
    this.record.failed(error, usage);
  }
}
