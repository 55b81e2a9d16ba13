import type { EgressAnswer } from '../platform/egress/exchange';
import type { CallRecord } from './call-record';
import type { Usage } from './provider';

/** Bytes of a stream per character of text: each piece of a few characters comes wrapped in some two hundred bytes. */
const STREAM_OVERHEAD = 50;

/**
 * A host's 2xx on its way to the client, its body unread. Whoever relays the body says how it went, exactly once: `finished` after its
 * last byte, `failed` when it broke off or the client left. That is what metrics, usage and the circuit breaker live on.
 */
export class ForwardedAnswer {
  readonly statusCode: number;
  readonly headers: EgressAnswer['headers'];
  readonly body: EgressAnswer['body'];

  constructor(
    response: EgressAnswer,
    private readonly record: CallRecord,
    private readonly streamed: boolean,
  ) {
    this.statusCode = response.statusCode;
    this.headers = response.headers;
    this.body = response.body;
  }

  /** The whole body was relayed. `usage` as the host stated it in there. */
  finished(usage?: Usage): void {
    this.measure();
    this.record.completed(usage);
  }

  /** A ProviderError (`cut`, `timeout`, …) blames the host; anything else counts as a client that left. */
  failed(error: unknown, usage?: Usage): void {
    this.measure();
    this.record.failed(error, usage);
  }

  /** What has come is the measure of an answer whose usage is not stated. */
  private measure(): void {
    const { received } = this.body;
    this.record.wrote(this.streamed ? Math.ceil(received / STREAM_OVERHEAD) : received);
  }
}
