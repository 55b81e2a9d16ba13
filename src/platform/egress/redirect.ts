import type { GuardedAnswer, HttpMethod } from './guarded-request';
import type { UrlPolicy } from './url-policy';

/** One request of a call, on the way from redirect to redirect. */
export interface Hop {
  url: URL;
  method: HttpMethod;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

/** What another origin may know: everything else could be a credential under a name of its own. */
const CARRIED = new Set(['accept', 'accept-language', 'content-language', 'content-type', 'user-agent']);

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Where an answer sends its caller, as the Fetch standard has it; undefined when it is the end. Throws EgressRefusal for a place that is not allowed. */
export function nextHop(hop: Hop, { status, headers: answered }: GuardedAnswer, policy: UrlPolicy): Hop | undefined {
  if (!isRedirect(status) || answered.location === undefined) return undefined;
  const url = policy.read(answered.location, hop.url);
  const drops = (status === 303 && hop.method !== 'HEAD') || (status <= 302 && hop.method === 'POST');
  const headers = Object.entries(hop.headers).filter(
    ([name]) =>
      (url.origin === hop.url.origin || CARRIED.has(name.toLowerCase())) &&
      !(drops && name.toLowerCase().startsWith('content-')),
  );
  return {
    url,
    method: drops ? 'GET' : hop.method,
    headers: Object.fromEntries(headers),
    body: drops ? undefined : hop.body,
  };
}
