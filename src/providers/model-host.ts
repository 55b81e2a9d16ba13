import type { Egress } from '../platform/egress/egress';
import type { EgressAnswer } from '../platform/egress/exchange';
import { egressFailure, EgressError } from '../platform/egress/egress-error';
import { brokenOff, malformed, refusal, unanswered } from './failure';
import { KeyRing } from './key-ring';
import type { HostProof } from './provider';
import type { ProviderError } from './provider-error';
import { retryAfterSeconds } from './retry-after';
import { parseFault } from './upstream-fault';

const ERROR_BODY_LIMIT = 64 * 1024;
/** Milliseconds for the words that come with an error status. */
const ERROR_BODY_TIMEOUT = 5000;
/** Milliseconds of a call that asks for nothing. */
const CHECK_TIMEOUT = 10_000;

export interface HostSettings {
  /** The provider's id, for messages. */
  id: string;
  endpoint: URL;
  /** Headers of a call, one set per key; one set without a key for hosts that need none. */
  headers: readonly Readonly<Record<string, string>>[];
  secrets: readonly string[];
  /** Milliseconds. */
  timeouts: { firstByte: number; answer: number; idle: number };
}

/** One model host over HTTP: takes the next key when one is refused, keeps the time limits and turns every failure into a ProviderError. */
export class ModelHost {
  readonly id: string;
  private readonly origin: string;
  private readonly path: string;
  private readonly keys: KeyRing;

  constructor(
    private readonly settings: HostSettings,
    private readonly egress: Egress,
  ) {
    this.id = settings.id;
    this.origin = settings.endpoint.origin;
    this.path = settings.endpoint.pathname + settings.endpoint.search;
    this.keys = new KeyRing(settings.headers.length);
  }

  /** Resolves with a 2xx and its unread body. Throws ProviderError or the signal's reason. */
  async post(body: string | Buffer, stream: boolean, signal: AbortSignal): Promise<EgressAnswer> {
    for (let tried = 1; ; tried++) {
      const key = this.keys.current;
      let response: EgressAnswer;
      try {
        response = await this.send(body, stream, signal, key);
      } catch (error) {
        return this.unanswered(error);
      }
      if (response.statusCode >= 200 && response.statusCode < 300) {
        if (!String(response.headers['content-type']).startsWith('text/html')) return response;
        response.body.discard();
        throw malformed(this.id);
      }
      const error = await this.refusal(response, signal);
      if (error.kind !== 'auth' && error.kind !== 'rate_limit' && error.kind !== 'quota') throw error;
      this.keys.refused(key);
      if (tried >= this.keys.size) throw error;
    }
  }

  /** Asks `path` with every key. Throws ProviderError, for a refused key only when none is taken. */
  async check(path: string, signal: AbortSignal): Promise<HostProof> {
    const refused: number[] = [];
    let hostTime: number | undefined;
    let failure: ProviderError | undefined;
    for (const key of this.settings.headers.keys()) {
      const response = await this.get(path, signal, key);
      const date = Date.parse(String(response.headers.date));
      if (!Number.isNaN(date)) hostTime = date;
      if (response.statusCode >= 200 && response.statusCode < 300) {
        response.body.discard();
        continue;
      }
      failure = await this.refusal(response, signal);
      if (failure.kind !== 'auth') throw failure;
      refused.push(key + 1);
    }
    const keys = this.settings.headers.length;
    if (failure && refused.length === keys) throw failure;
    return { hostTime, keys, refused };
  }

  /** Names what broke while an answer's body was being read. */
  broken(error: unknown, signal: AbortSignal): unknown {
    return signal.aborted ? signal.reason : brokenOff(this.id, egressFailure(error), error);
  }

  get secrets(): readonly string[] {
    return this.settings.secrets;
  }

  private send(body: string | Buffer, stream: boolean, signal: AbortSignal, key: number): Promise<EgressAnswer> {
    const { timeouts, headers } = this.settings;
    return this.egress.request({
      origin: this.origin,
      path: this.path,
      method: 'POST',
      headers: headers[key] ?? {},
      body,
      signal,
      answerTimeout: stream ? timeouts.firstByte : timeouts.answer,
      idleTimeout: timeouts.idle,
    });
  }

  private unanswered(error: unknown): never {
    throw error instanceof EgressError ? unanswered(this.id, error.failure, error) : error;
  }

  private async get(path: string, signal: AbortSignal, key: number): Promise<EgressAnswer> {
    const { headers } = this.settings;
    const limits = { answerTimeout: CHECK_TIMEOUT, idleTimeout: CHECK_TIMEOUT, signal };
    try {
      const call = { origin: this.origin, path, method: 'GET' as const, headers: headers[key] ?? {} };
      return await this.egress.request({ ...call, ...limits });
    } catch (error) {
      return this.unanswered(error);
    }
  }

  private async refusal(response: EgressAnswer, signal: AbortSignal): Promise<ProviderError> {
    const { statusCode, headers } = response;
    const timer = setTimeout(() => response.body.discard(), ERROR_BODY_TIMEOUT);
    let text = '';
    try {
      text = await response.body.text(ERROR_BODY_LIMIT);
    } catch {
      // The status alone says enough when its body cannot be read.
      signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
    }
    return refusal(
      this.id,
      parseFault(text, statusCode),
      this.settings.secrets,
      retryAfterSeconds(headers, Date.now()),
    );
  }
}
