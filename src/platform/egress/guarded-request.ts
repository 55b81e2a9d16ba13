import type { HostLists } from './url-policy';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** One call to an address that came out of a conversation. */
export interface GuardedRequest {
  /** A constant of the calling room, for metrics: `web_fetch`. */
  purpose: string;
  /** As it was written; it need not be a URL at all. */
  url: string;
  method: HttpMethod;
  /** Well-formed. Across origins only those survive a redirect that are no secret. */
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  /** Milliseconds for everything: names, connections, redirects, the body. */
  timeout: number;
  /** Bytes of the answer's body after decompression; what is beyond is left unread. */
  maxBytes: number;
  /** 0 hands a redirect over as the answer. */
  maxRedirects: number;
  /** Narrows the hosts down further than `[security.url_access]` does. */
  hosts?: HostLists;
}

export interface GuardedAnswer {
  /** Where the answer came from, after redirects. */
  url: URL;
  status: number;
  /** Names in lower case; one that came several times is joined by commas. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** The body was longer than `maxBytes`. */
  cut: boolean;
}
