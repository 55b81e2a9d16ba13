import type { EgressFailure } from '../platform/egress/egress-error';
import { ProviderError, type ProviderErrorKind } from './provider-error';
import { scrub } from './scrub';
import { faultKind, type UpstreamFault } from './upstream-fault';

const UNREACHABLE: Partial<Record<EgressFailure, string>> = {
  dns: 'its name cannot be resolved',
  refused: 'nothing listens at its address',
  unreachable: 'there is no route to it',
  tls: 'its TLS certificate or handshake is not accepted',
  connect_timeout: 'it does not accept connections',
};

/** Turns what a host answered into the gateway's own sentence. The host's words are quoted only where the caller has to correct the request. */
export function refusal(
  provider: string,
  fault: UpstreamFault,
  secrets: readonly string[],
  retryAfter?: number,
): ProviderError {
  const kind = faultKind(fault);
  const words = scrub(fault.message, secrets);
  return new ProviderError(kind, provider, sentence(kind, provider, words, fault.status, retryAfter), {
    cause: fault,
    ...(fault.status === undefined ? {} : { upstreamStatus: fault.status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(fault.param === undefined || kind !== 'invalid_request' ? {} : { param: fault.param }),
  });
}

/** No answer came. */
export function unanswered(provider: string, failure: EgressFailure, cause: unknown): ProviderError {
  if (failure === 'answer_timeout' || failure === 'idle_timeout') {
    return new ProviderError('timeout', provider, `${provider} did not answer in time. Try again later.`, { cause });
  }
  if (failure === 'protocol') return malformed(provider, cause);
  const why = UNREACHABLE[failure] ?? 'it closed the connection';
  return new ProviderError('connection', provider, `${provider} cannot be reached: ${why}. Check its base URL.`, {
    cause,
  });
}

/** The answer broke off. */
export function brokenOff(provider: string, failure: EgressFailure, cause: unknown): ProviderError {
  if (failure === 'idle_timeout' || failure === 'answer_timeout') {
    return new ProviderError('timeout', provider, `${provider} fell silent in the middle of its answer. Ask again.`, {
      cause,
    });
  }
  return failure === 'protocol' ? malformed(provider, cause) : cut(provider, cause);
}

export function cut(provider: string, cause?: unknown): ProviderError {
  return new ProviderError('cut', provider, `${provider} ended its answer before it was complete. Ask again.`, {
    cause,
  });
}

export function malformed(provider: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'malformed',
    provider,
    `${provider} answered with something that is not its chat protocol. Check its base URL.`,
    { cause },
  );
}

/** The error for a caller whose every route failed: the first one's, which is the one that was asked for, with all of them as its cause. */
export function exhausted(failures: readonly ProviderError[]): ProviderError {
  const [first] = failures;
  if (!first || failures.length === 1)
    return first ?? new ProviderError('server', 'zeroclaw', 'No model could be asked.');
  const others = failures.slice(1).map(({ provider, kind }) => `${provider}: ${kind}`);
  const { retryAfter } = first.options;
  return new ProviderError(
    first.kind,
    first.provider,
    `${first.message} Fallbacks failed too (${others.join(', ')}).`,
    {
      cause: new AggregateError(failures, 'every model failed'),
      ...(first.upstreamStatus !== undefined && { upstreamStatus: first.upstreamStatus }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  );
}

function sentence(kind: ProviderErrorKind, provider: string, words: string, status?: number, wait?: number): string {
  const quoted = words === '' ? '' : `: ${words}`;
  switch (kind) {
    case 'auth':
      return `${provider} refuses the gateway's API key. Check the key in config.toml or in the provider's environment variable.`;
    case 'quota':
      return `${provider} reports that the account's credit or quota is used up. Check its billing.`;
    case 'rate_limit':
      return `${provider} limits requests at the moment. Try again ${wait ? `in ${wait} s` : 'later'}.`;
    case 'not_found':
      return `${provider} does not know this model or address${quoted}`;
    case 'context_length':
      return "The conversation is longer than the model's context window. Shorten it or start a new session.";
    case 'timeout':
      return `${provider} did not answer in time. Try again later.`;
    case 'malformed':
      return `${provider} answered with a redirect. Check its base URL.`;
    case 'invalid_request':
      return `${provider} refuses the request${quoted}`;
    default:
      return `${provider} failed${status === undefined ? '' : ` with status ${status}`}. Try again later.`;
  }
}
