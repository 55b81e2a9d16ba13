import type { Egress } from '../platform/egress/egress';

const EVERY_MS = 30_000;
const ANSWER_MS = 10_000;
const MOST_FAILURES = 3;

/** Looks from outside whether the tunnel works. Calls `broken` after three bad answers in a row, then begins to count again. */
export class TunnelHealth {
  private readonly timer: NodeJS.Timeout;
  private readonly stopping = new AbortController();
  private failures = 0;
  private isAsking = false;

  constructor(
    private readonly url: string,
    private readonly egress: Egress,
    private readonly broken: (reason: string) => void,
    everyMs = EVERY_MS,
  ) {
    this.timer = setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  private async look(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const reason = await this.ask();
    this.isAsking = false;
    if (this.stopping.signal.aborted) return;
    this.failures = reason === undefined ? 0 : this.failures + 1;
    if (reason === undefined || this.failures < MOST_FAILURES) return;
    this.failures = 0;
    this.broken(`health_url ${reason}, ${MOST_FAILURES} times in a row`);
  }

  private async ask(): Promise<string | undefined> {
    const { origin, pathname, search } = new URL(this.url);
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_MS)]);
    const headers = { 'user-agent': 'zeroclaw-gateway', accept: '*/*' };
    try {
      const call = { origin, path: pathname + search, method: 'GET' as const, headers, signal };
      const { statusCode, body } = await this.egress.request({
        ...call,
        answerTimeout: ANSWER_MS,
        idleTimeout: ANSWER_MS,
      });
      body.discard();
      return statusCode >= 200 && statusCode < 300 ? undefined : `answers ${statusCode}`;
    } catch (error) {
      return `does not answer (${(error as Error).message})`;
    }
  }
}
