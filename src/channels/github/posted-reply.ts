import { DeliveryError } from '../core/delivery-error';
import { objectOf } from '../core/wire-value';
import type { GithubApi } from './github-api';

const PER_PAGE = 30;
const MAX_PAGES = 20;
/** Thirty comments of the greatest length, every character of four bytes, and what stands around them. */
const MAX_BYTES = 9 * 1024 * 1024;

export interface Search {
  /** Of the comments, `/repos/…/comments`. */
  path: string;
  repo: string;
  /** What the comment begins with. */
  marker: string;
  /** Milliseconds: nothing older is looked at. */
  since: number;
  signal: AbortSignal;
}

/**
 * Whether a comment that begins with the marker stands there: an earlier attempt got through, and only its answer was lost. GitHub has no
 * idempotency keys. Looks at 600 comments since then at the most. Rejects like GithubApi.
 */
export async function isPosted(api: GithubApi, { path, repo, marker, since, signal }: Search): Promise<boolean> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = new URLSearchParams({
      since: new Date(since).toISOString(),
      per_page: String(PER_PAGE),
      page: String(page),
    });
    const { json } = await api.call(repo, { path: `${path}?${query}`, maxBytes: MAX_BYTES, signal });
    if (!Array.isArray(json)) throw new DeliveryError('retry', "not a list of GitHub's API");
    const comments = json.map((comment: unknown) => objectOf(comment)['body']);
    if (comments.some((body) => typeof body === 'string' && body.startsWith(marker))) return true;
    if (comments.length < PER_PAGE) return false;
  }
  return false;
}
