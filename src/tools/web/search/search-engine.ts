export interface SearchHit {
  title: string;
  /** http(s) only; others are dropped. */
  url: string;
  snippet: string;
}

export interface SearchQuestion {
  query: string;
  /** Hits wanted at the most. */
  count: number;
  /** Base URL without a slash at its end. */
  base: string;
  /** Empty when none is configured. */
  key: string;
}

/** The call that asks an engine. */
export interface SearchCall {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** Someone who searches the web: how to ask, and how to read the answer. Knows neither sockets nor configuration. */
export interface SearchEngine {
  readonly id: string;
  /** Base URL; empty when only an operator knows it. */
  readonly url: string;
  readonly needsKey: boolean;
  ask(question: SearchQuestion): SearchCall;
  /** Reads the body of an answer with status 200. Throws a sentence when it is none: engines turn callers away in many ways. */
  read(body: string, signal: AbortSignal): SearchHit[] | Promise<SearchHit[]>;
}
