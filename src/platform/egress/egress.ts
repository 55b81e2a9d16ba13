import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type * as undiciModule from 'undici';
import type { Agent, Dispatcher } from 'undici';
import { ConfigService } from '../config/config.service';
import { EgressConfig } from './egress.config';
import { EgressError, egressFailure } from './egress-error';
import { Exchange } from './exchange';
import type { EgressAnswer } from './exchange';

type Undici = typeof undiciModule;

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** One call. Prepare `origin`, `path` and `headers` once per host: nothing is parsed here. */
export interface EgressRequest {
  /** Scheme, host and port, e.g. `https://api.openai.com`. */
  origin: string;
  /** Path with query. */
  path: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** Aborting closes the socket at once; a body that is being read fails with the signal's reason. */
  signal: AbortSignal;
  /** Milliseconds until the answer's headers; 0 is unlimited. */
  answerTimeout: number;
  /** Milliseconds between two pieces of the answer's body; 0 is unlimited. */
  idleTimeout: number;
}

/**
 * The only way out: one pool of kept-alive connections per origin, shared by all rooms and closed at shutdown.
 * It trusts its callers with the address, so it is for hosts that the operator wrote down.
 */
@Injectable()
export class Egress implements OnApplicationShutdown {
  private readonly logger = new Logger(Egress.name);
  private dispatcher: Dispatcher | undefined;

  constructor(private readonly config: ConfigService) {}

  /** Resolves with any status and an unread body, which the caller reads to its end, drains or discards. Rejects with EgressError or the signal's reason. */
  request(request: EgressRequest): Promise<EgressAnswer> {
    // Nothing is waited for once the library is there: this stands before every call to a model.
    if (this.dispatcher) return send(this.dispatcher, request);
    return this.open().then(
      (dispatcher) => send(dispatcher, request),
      (error: unknown) => {
        throw request.signal.aborted ? request.signal.reason : new EgressError(egressFailure(error), error);
      },
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher?.destroy();
  }

  private async open(): Promise<Dispatcher> {
    // Loaded by the first call: the library is heavy, and boot does not need it.
    const undici = await import('undici');
    return (this.dispatcher ??= this.create(undici));
  }

  private create({ Agent: Direct, EnvHttpProxyAgent: Proxied }: Undici): Dispatcher {
    const { max_connections_per_host: connections, connect_timeout_secs: seconds } = this.config.get(EgressConfig);
    const options: Agent.Options = {
      connections,
      connect: { timeout: seconds * 1000 },
      pipelining: 1,
      keepAliveTimeout: 30_000,
      // One stream per socket: a stalled answer must not hold up the others, and aborting one closes just its socket.
      allowH2: false,
    };
    if (!PROXY_VARIABLES.some((name) => process.env[name])) return new Direct(options);
    this.logger.log('outgoing calls go through the proxy that the environment names');
    return new Proxied(options);
  }
}

function send(dispatcher: Dispatcher, request: EgressRequest): Promise<EgressAnswer> {
  const exchange = new Exchange(request.signal);
  const options = {
    origin: request.origin,
    path: request.path,
    method: request.method,
    headers: request.headers as Record<string, string>,
    body: request.body ?? null,
    headersTimeout: request.answerTimeout,
    bodyTimeout: request.idleTimeout,
  };
  try {
    dispatcher.dispatch(options, exchange);
  } catch (error) {
    exchange.fail(error);
  }
  return exchange.answer;
}
