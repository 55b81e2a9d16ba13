import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { DeliveryError } from '../core/delivery-error';
import { objectOf, textOf } from '../core/wire-value';
import { appJwt } from './app-jwt';
import { GithubConfig } from './github.config';
import { GithubHttp } from './github-http';

/** Tokens of installations live for an hour; a call must not begin with one that is about to end. */
const SPARE_MS = 5 * 60_000;
const MAX_INSTALLATIONS = 500;

interface InstallationToken {
  token: string;
  /** Milliseconds since the epoch from which on it is not used any more. */
  until: number;
}

/** Who we are towards GitHub: the account of a token, or an installation of an App. */
@Injectable()
export class GithubCredentials {
  /** By owner of repositories; the oldest goes first. */
  private readonly installations = new Map<string, InstallationToken>();

  constructor(
    private readonly config: ConfigService,
    private readonly http: GithubHttp,
    private readonly clock: Clock,
  ) {}

  /** Whom a token of today would speak for; changes with the configuration. Undefined: nobody. */
  identity(): string | undefined {
    const { app_id: app, api_base_url: base } = this.config.get(GithubConfig);
    if (app !== undefined) return `${base} app ${app}`;
    return this.token === '' ? undefined : `${base} token ${this.token}`;
  }

  /** A token that may write to the repository. Rejects with DeliveryError. */
  async bearer(repo: string, signal: AbortSignal): Promise<string> {
    if (this.config.get(GithubConfig).app_id !== undefined) return this.installationToken(repo, signal);
    if (this.token !== '') return this.token;
    throw new DeliveryError('credentials', 'write [channels_config.github].access_token or app_id');
  }

  /** GitHub refused the token. True when another one may do better. */
  refused(repo: string, token: string): boolean {
    const place = this.placeOf(repo);
    return this.installations.get(place)?.token === token && this.installations.delete(place);
  }

  /** The login under which we write. Rejects with DeliveryError. */
  async login(signal: AbortSignal): Promise<string> {
    const { app_id: app } = this.config.get(GithubConfig);
    if (app === undefined) return textOf((await this.get('/user', this.token, signal))['login']);
    return textOf((await this.get('/app', await this.jwt(app), signal))['slug']);
  }

  private async installationToken(repo: string, signal: AbortSignal): Promise<string> {
    const { app_id: app = 0 } = this.config.get(GithubConfig);
    const place = this.placeOf(repo);
    const kept = this.installations.get(place);
    if (kept && kept.until > this.clock.now()) return kept.token;
    const jwt = await this.jwt(app);
    const id = this.config.get(GithubConfig).installation_id ?? (await this.installationOf(repo, jwt, signal));
    const path = `/app/installations/${id}/access_tokens`;
    const answer = await this.http.call({ method: 'POST', path, bearer: jwt, signal });
    if (answer.status === 404) {
      throw new DeliveryError(
        'credentials',
        `the App has no installation ${id}: leave [channels_config.github].installation_id out`,
      );
    }
    const { token, expires_at: expires } = objectOf(answer.json);
    if (answer.status !== 201 || typeof token !== 'string' || token === '') throw this.http.failureOf(answer);
    const until = (Date.parse(textOf(expires)) || this.clock.now()) - SPARE_MS;
    this.installations.delete(place);
    this.installations.set(place, { token, until });
    const [oldest] = this.installations.keys();
    if (this.installations.size > MAX_INSTALLATIONS && oldest !== undefined) this.installations.delete(oldest);
    return token;
  }

  private async installationOf(repo: string, jwt: string, signal: AbortSignal): Promise<number> {
    const answer = await this.http.call({ path: `/repos/${repo}/installation`, bearer: jwt, signal });
    if (answer.status === 404) {
      throw new DeliveryError(
        'permanent',
        `the GitHub App is not installed on ${repo}: install it from its page, "Install App"`,
      );
    }
    const { id } = objectOf(answer.json);
    if (answer.status !== 200 || !Number.isSafeInteger(id)) throw this.http.failureOf(answer);
    return Number(id);
  }

  private async get(path: string, bearer: string, signal: AbortSignal) {
    const answer = await this.http.call({ path, bearer, signal });
    if (answer.status !== 200) throw this.http.failureOf(answer);
    return objectOf(answer.json);
  }

  private async jwt(app: number): Promise<string> {
    const { private_key: key, private_key_file: file } = this.config.get(GithubConfig);
    try {
      return appJwt(app, key || (await readFile(file ?? '', 'utf8')), this.clock.now());
    } catch (error) {
      const name = key ? 'private_key' : `private_key_file (${file})`;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DeliveryError(
        'credentials',
        `[channels_config.github].${name} is not the private key of an App: ${reason}`,
      );
    }
  }

  /** Without the line break that files and variables tend to end with. */
  private get token(): string {
    return this.config.get(GithubConfig).access_token.trim();
  }

  /** Installations belong to an account, and to nobody else's App. */
  private placeOf(repo: string): string {
    return `${this.identity()} ${repo.split('/')[0]?.toLowerCase()}`;
  }
}
