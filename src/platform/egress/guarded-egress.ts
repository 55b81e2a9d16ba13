import { Injectable } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { EventBus } from '../events/event-bus';
import { EgressConfig } from './egress.config';
import { EgressError, egressFailure } from './egress-error';
import { EgressRefusal } from './egress-refusal';
import type { EgressOutcome } from './egress.events';
import type { GuardedAnswer, GuardedRequest } from './guarded-request';
import { HostResolver } from './host-resolver';
import { ask } from './pinned-call';
import type { Hop } from './redirect';
import { isRedirect, nextHop } from './redirect';
import { UrlAccessConfig } from './url-access.config';
import { UrlPolicy } from './url-policy';

/**
 * The way out for every call that a message can steer. Each hop's host is looked up once, its addresses are checked against
 * `[security.url_access]`, and the connection is pinned to a checked one; nothing is kept open afterwards. Calls go straight, never
 * through a proxy, whose view of the address could not be checked.
 */
@Injectable()
export class GuardedEgress {
  constructor(
    private readonly config: ConfigService,
    private readonly events: EventBus,
    private readonly resolver: HostResolver,
  ) {}

  /** Resolves with any status. Rejects with EgressRefusal (not allowed), EgressError (no answer) or the signal's reason. */
  async request(request: GuardedRequest): Promise<GuardedAnswer> {
    const started = performance.now();
    const limit = AbortSignal.timeout(request.timeout);
    const finish = (outcome: EgressOutcome, refusal?: EgressRefusal) => {
      const durationMs = performance.now() - started;
      const { purpose } = request;
      this.events.emit('egress.finished', { purpose, outcome, durationMs, ...(refusal && { reason: refusal.reason }) });
    };
    try {
      const answer = await this.follow(request, AbortSignal.any([request.signal, limit]));
      finish('answered');
      return answer;
    } catch (error) {
      if (request.signal.aborted) {
        finish('aborted');
        throw request.signal.reason;
      }
      if (error instanceof EgressRefusal) {
        finish('refused', error);
        throw error;
      }
      const failure = limit.aborted ? 'answer_timeout' : egressFailure(error);
      finish(failure);
      throw new EgressError(failure, error);
    }
  }

  private async follow(request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer> {
    const policy = new UrlPolicy(this.config.get(UrlAccessConfig), request.hosts);
    const { method, headers, body } = request;
    let hop: Hop = { url: policy.read(request.url), method, headers, body };
    for (let left = request.maxRedirects; ; left--) {
      const { hostname } = hop.url;
      const candidates = await this.candidates(policy, hostname, signal);
      const answer = await ask(hop, policy.permitted(hostname, candidates), {
        signal,
        maxBytes: request.maxBytes,
        connectTimeout: this.config.get(EgressConfig).connect_timeout_secs * 1000,
        wantsBody: (status) => request.maxRedirects === 0 || !isRedirect(status),
      });
      const next = request.maxRedirects === 0 ? undefined : nextHop(hop, answer, policy);
      if (!next) return answer;
      if (left === 0) {
        throw new EgressRefusal(
          'too_many_redirects',
          `${request.url} redirects more than ${request.maxRedirects} times`,
        );
      }
      hop = next;
    }
  }

  /** What the host may be reached at; the policy has checked an address that the URL itself names. */
  private async candidates(policy: UrlPolicy, hostname: string, signal: AbortSignal) {
    if (policy.isAddress(hostname))
      return [{ address: hostname.replace(/^\[|\]$/g, ''), family: hostname.startsWith('[') ? 6 : 4 }];
    return this.resolver.resolve(hostname, policy.isTrusted(hostname), signal);
  }
}
