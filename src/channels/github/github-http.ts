import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { ChannelHttp } from '../core/channel-http';
import type { ChannelAnswer } from '../core/channel-http';
import { DeliveryError } from '../core/delivery-error';
import type { DeliveryScope } from '../core/delivery-error';
import { objectOf, textOf } from '../core/wire-value';
import { GithubConfig } from './github.config';

const MINUTE_MS = 60_000;
/** GitHub's window of requests; a reset that lies further ahead is not believed. */
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
const MAX_WORDS = 300;
const FORBIDDEN =
  'Unless the thread is closed to all, give the token or App write access to issues and pull requests there';
const RATE_LIMITED = /rate limit|abuse detection|submitted too quickly/i;

export interface GithubCall {
  method?: 'GET' | 'POST';
  /** From the API's base URL on, with a slash. */
  path: string;
  bearer: string;
  json?: unknown;
  maxBytes?: number;
  signal: AbortSignal;
}

/** One call of GitHub's REST API, and what its answers mean. */
@Injectable()
export class GithubHttp {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
    private readonly clock: Clock,
  ) {}

  /** Resolves with any status; see ChannelHttp. */
  call({ method = 'GET', path, bearer, signal, json, maxBytes }: GithubCall): Promise<ChannelAnswer> {
    return this.http.call({
      method,
      url: this.config.get(GithubConfig).api_base_url.replace(/\/+$/, '') + path,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${bearer}`,
        'user-agent': 'ZeroClaw-GitHub-Channel',
        'x-github-api-version': '2022-11-28',
      },
      ...(json !== undefined && { json }),
      ...(maxBytes !== undefined && { maxBytes }),
      signal,
    });
  }

  /** https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
  failureOf(answer: ChannelAnswer): DeliveryError {
    const { status, text } = answer;
    const said = textOf(objectOf(answer.json)['message']) || text;
    const words = `HTTP ${status}: ${said.slice(0, MAX_WORDS)}`;
    const pause = this.pauseOf(answer, said);
    const scope = status >= 500 ? 'channel' : this.scopeOfLimits;
    if (pause !== undefined) return new DeliveryError('retry', words, pause, { scope });
    if (status >= 300 && status < 400) {
      return new DeliveryError(
        'permanent',
        `HTTP ${status}: the repository was renamed or moved; write its new name into allowed_repos`,
      );
    }
    if (status === 401) return new DeliveryError('credentials', `${words}. ${this.adviceOnCredentials()}`);
    // Of this thread or repository, which must not hold up the others: locked, archived, or not for this token.
    if (status === 403) return new DeliveryError('permanent', `${words}. ${FORBIDDEN}`);
    if (status < 300) return new DeliveryError('retry', `HTTP ${status}: not the answer of GitHub's API`);
    return status === 408 || status >= 500 ? new DeliveryError('retry', words) : new DeliveryError('permanent', words);
  }

  /** Milliseconds that GitHub wants to be left alone; https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api. */
  private pauseOf({ status, headers }: ChannelAnswer, said: string): number | undefined {
    const after = this.http.retryAfterMs(headers['retry-after']);
    const limited = status === 429 || ((status === 403 || status === 422) && RATE_LIMITED.test(said));
    if (after !== undefined && (limited || status === 403 || status >= 500)) return Math.min(after, LONGEST_PAUSE_MS);
    const spent = headers['x-ratelimit-remaining'] === '0' && (status === 403 || status === 429);
    if (spent) {
      const reset = Number(headers['x-ratelimit-reset']) * 1000 - this.clock.now();
      // A second more: the reset is told in whole seconds.
      if (!Number.isNaN(reset)) return Math.min(Math.max(reset + 1000, 1000), LONGEST_PAUSE_MS);
    }
    return limited || spent ? MINUTE_MS : undefined;
  }

  /** The limits of a token are all there are; those of an App are its installation's, which GithubApi keeps away from. */
  get scopeOfLimits(): DeliveryScope {
    return this.config.get(GithubConfig).app_id === undefined ? 'channel' : 'conversation';
  }

  private adviceOnCredentials(): string {
    return this.config.get(GithubConfig).app_id === undefined
      ? '[channels_config.github].access_token is not valid any more: make a new one'
      : '[channels_config.github].app_id and private_key do not belong together: copy both again from the page of the App';
  }
}
