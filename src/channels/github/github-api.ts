import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import type { ChannelAnswer } from '../core/channel-http';
import { DeliveryError } from '../core/delivery-error';
import { GithubCredentials } from './github-credentials';
import { GithubHttp } from './github-http';
import type { GithubCall } from './github-http';

const MAX_PAUSES = 500;

/**
 * GitHub's API on behalf of a repository: with its token, which is fetched anew once when it is refused, and silent while a rate limit
 * lasts, because asking on can get an integration banned.
 */
@Injectable()
export class GithubApi {
  /** By owner of repositories, whose limits are counted apart; the end in milliseconds since the epoch. */
  private readonly pauses = new Map<string, number>();

  constructor(
    private readonly http: GithubHttp,
    private readonly credentials: GithubCredentials,
    private readonly clock: Clock,
  ) {}

  /** Resolves with an answer below 300. Rejects with DeliveryError or the signal's reason. */
  async call(repo: string, call: Omit<GithubCall, 'bearer'>): Promise<ChannelAnswer> {
    const [owner = ''] = repo.toLowerCase().split('/');
    this.throwIfPaused(owner);
    try {
      const bearer = await this.credentials.bearer(repo, call.signal);
      let answer = await this.http.call({ ...call, bearer });
      if (answer.status === 401 && this.credentials.refused(repo, bearer)) {
        answer = await this.http.call({ ...call, bearer: await this.credentials.bearer(repo, call.signal) });
      }
      if (answer.status < 200 || answer.status >= 300) throw this.http.failureOf(answer);
      return answer;
    } catch (error) {
      if (error instanceof DeliveryError && error.retryAfterMs !== undefined) this.pause(owner, error.retryAfterMs);
      throw error;
    }
  }

  private throwIfPaused(owner: string): void {
    const rest = (this.pauses.get(owner) ?? 0) - this.clock.now();
    if (rest > 0) {
      const scope = this.http.scopeOfLimits;
      throw new DeliveryError('retry', 'waiting for the end of a rate limit of GitHub', rest, { scope });
    }
    this.pauses.delete(owner);
  }

  private pause(owner: string, milliseconds: number): void {
    this.pauses.set(owner, this.clock.now() + milliseconds);
    const [oldest] = this.pauses.keys();
    if (this.pauses.size > MAX_PAUSES && oldest !== undefined) this.pauses.delete(oldest);
  }
}
