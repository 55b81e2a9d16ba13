import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { EventBus } from '../../platform/events/event-bus';
import { GithubConfig } from './github.config';
import { GithubCredentials } from './github-credentials';

const LOGIN = /^[\w-]+(\[bot\])?$/;
const RETRY_MS = 30_000;

/**
 * The login that we write under. `login` of the configuration goes first; else GitHub is asked at start and after every change of the
 * credentials, again and again until it answers, and nothing waits for that.
 */
@Injectable()
export class OwnLogin implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('GitHub');
  private readonly closed = new AbortController();
  private learnt: { identity: string; login: string } | undefined;
  private asking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly credentials: GithubCredentials,
    private readonly events: EventBus,
  ) {}

  /** Undefined while it is not known. */
  current(): string | undefined {
    const { login } = this.config.get(GithubConfig);
    if (login !== undefined) return login.replace('@', '');
    return this.learnt?.identity === this.credentials.identity() ? this.learnt?.login : undefined;
  }

  /** Asks GitHub now. Rejects with DeliveryError. */
  async ask(signal: AbortSignal): Promise<string> {
    return `@${await this.credentials.login(signal)}`;
  }

  onApplicationBootstrap(): void {
    this.events.on('config.changed', () => void this.learn());
    void this.learn();
  }

  onApplicationShutdown(): void {
    this.closed.abort();
    clearTimeout(this.timer);
  }

  /** Never rejects. */
  private async learn(): Promise<void> {
    const identity = this.credentials.identity();
    const { allowed_repos: repos } = this.config.get(GithubConfig);
    if (this.asking || this.closed.signal.aborted || identity === undefined || repos.length === 0) return;
    if (this.current() !== undefined) return;
    this.asking = true;
    try {
      const login = await this.credentials.login(this.closed.signal);
      if (!LOGIN.test(login)) throw new Error('GitHub did not tell a login');
      this.learnt = { identity, login };
      this.logger.log(`answers as @${login}`);
    } catch (error) {
      if (this.closed.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      const { command } = this.config.get(GithubConfig);
      this.logger.warn(
        `Only ${command} is heard, and no mention: GitHub does not say whose the credentials are (${reason}). Write the login into [channels_config.github].login`,
      );
    } finally {
      this.asking = false;
      this.askAgainLater();
    }
  }

  private askAgainLater(): void {
    clearTimeout(this.timer);
    if (this.closed.signal.aborted || this.current() !== undefined) return;
    this.timer = setTimeout(() => void this.learn(), RETRY_MS).unref();
  }
}
