import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../../platform/config/config.service';
import { Egress } from '../../../platform/egress/egress';
import { EgressError, egressFailure } from '../../../platform/egress/egress-error';
import type { EgressOutcome } from '../../../platform/egress/egress.events';
import { ACCEPT_ENCODING, readBounded } from '../../../platform/egress/read-bounded';
import { EventBus } from '../../../platform/events/event-bus';
import { HtmlWorkers } from '../html-workers';
import { WebSearchConfig } from '../web-search.config';
import { duckDuckGo } from './duckduckgo';
import { jsonEngines } from './json-engines';
import type { SearchCall, SearchEngine, SearchHit } from './search-engine';

const MOST_BYTES = 2_000_000;

/** An engine gave no results; the message says why, without anything that it wrote. */
export class SearchFailure extends Error {
  constructor(
    message: string,
    /** Another attempt may succeed. */
    readonly mayPass: boolean,
  ) {
    super(message);
  }
}

/** Asks one search engine once. Engines are hosts that the operator chose, so their calls are not held against the URL policy. */
@Injectable()
export class SearchClient {
  private readonly engines: ReadonlyMap<string, SearchEngine>;

  constructor(
    private readonly config: ConfigService,
    private readonly egress: Egress,
    private readonly events: EventBus,
    workers: HtmlWorkers,
  ) {
    this.engines = new Map([duckDuckGo(workers), ...jsonEngines].map((engine) => [engine.id, engine]));
  }

  /** Why an engine cannot be asked at all, for the operator; undefined when it can. */
  problem(id: string): string | undefined {
    const engine = this.engines.get(id);
    if (!engine) return `[web_search] provider "${id}" is not known; there are ${[...this.engines.keys()].join(', ')}`;
    if (!URL.canParse(this.baseOf(engine))) return `[web_search] ${id} needs api_url, a complete URL`;
    if (engine.needsKey && this.keyOf(engine) === '') return `[web_search] ${id} needs ${id}_api_key`;
    return undefined;
  }

  /** Rejects with SearchFailure, or with the signal's reason. */
  async search(id: string, query: string, count: number, signal: AbortSignal): Promise<SearchHit[]> {
    const engine = this.engines.get(id);
    if (!engine) throw new SearchFailure('is not known', false);
    const call = engine.ask({ query, count, base: this.baseOf(engine), key: this.keyOf(engine) });
    const { status, body } = await this.send(call, signal);
    if (status !== 200) throw refused(status);
    try {
      const hits = await engine.read(body, signal);
      return hits.filter(({ url }) => /^https?:\/\//i.test(url) && URL.canParse(url)).slice(0, count);
    } catch (error) {
      signal.throwIfAborted();
      throw new SearchFailure(
        error instanceof SyntaxError ? 'the answer is not JSON' : (error as Error).message,
        false,
      );
    }
  }

  private async send(
    { url, method, headers, body }: SearchCall,
    signal: AbortSignal,
  ): Promise<{ status: number; body: string }> {
    const { timeout_secs: seconds, user_agent: agent } = this.config.get(WebSearchConfig);
    const { origin, pathname, search } = new URL(url);
    const limit = AbortSignal.timeout(seconds * 1000);
    const done = new AbortController();
    const started = performance.now();
    const finish = (outcome: EgressOutcome) =>
      this.events.emit('egress.finished', { purpose: 'web_search', outcome, durationMs: performance.now() - started });
    try {
      const answer = await this.egress.request({
        origin,
        path: pathname + search,
        method,
        headers: { 'user-agent': agent, 'accept-encoding': ACCEPT_ENCODING, ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any([signal, limit, done.signal]),
        answerTimeout: 0,
        idleTimeout: 0,
      });
      const read = await readBounded(answer.body, String(answer.headers['content-encoding'] ?? ''), MOST_BYTES);
      finish('answered');
      return { status: answer.statusCode, body: read.bytes.toString() };
    } catch (error) {
      if (signal.aborted) {
        finish('aborted');
        throw signal.reason;
      }
      const failure = limit.aborted ? 'answer_timeout' : egressFailure(error);
      finish(failure);
      if (!limit.aborted && !(error instanceof EgressError)) throw error;
      throw new SearchFailure(limit.aborted ? 'it took too long' : `no answer (${failure})`, true);
    } finally {
      // What is left of an answer that was cut is not wanted.
      done.abort();
    }
  }

  private baseOf({ id, url }: SearchEngine): string {
    const { provider, api_url: own, api_urls: urls } = this.config.get(WebSearchConfig);
    const configured = urls[id] ?? (id === provider.trim().toLowerCase() ? own : undefined);
    return (configured ?? url).replace(/\/+$/, '');
  }

  private keyOf({ id }: SearchEngine): string {
    const config = this.config.get(WebSearchConfig);
    const named = (config as unknown as Record<string, unknown>)[`${id}_api_key`];
    const common = id === config.provider.trim().toLowerCase() ? config.api_key : undefined;
    return typeof named === 'string' && named !== '' ? named : (common ?? '');
  }
}

function refused(status: number): SearchFailure {
  if (status === 401 || status === 403) return new SearchFailure(`it refuses the key (status ${status})`, false);
  if (status === 429) return new SearchFailure('it has been asked too often (status 429)', true);
  return new SearchFailure(`it answered with status ${status}`, status >= 500);
}
