import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { EventBus } from '../events/event-bus';
import { ConfigError } from './config-problem';
import { ConfigService } from './config.service';
import { FileConfigService } from './file-config.service';

const POLL_MS = 250;

/**
 * Takes up changes of config.toml while the gateway runs, half a second after the file has come to rest, and announces them as
 * `config.changed`. It looks at the file instead of subscribing to it: notifications get lost on network disks and where Kubernetes swaps
 * a ConfigMap's links.
 */
@Injectable()
export class ConfigWatcher implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Config');
  private timer: NodeJS.Timeout | undefined;
  private endSubscription: (() => void) | undefined;
  /** State of the file that was last taken up or found broken; undefined before the first look. */
  private settled: string | undefined;
  private seen: string | undefined;
  private warned: string[] = [];

  constructor(
    private readonly config: ConfigService,
    private readonly events: EventBus,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config instanceof FileConfigService) await this.warn(this.config);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config } = this;
    if (!(config instanceof FileConfigService)) return;
    this.endSubscription = config.onChange(({ keys, needRestart, origin }) => {
      const live = keys.filter((key) => !needRestart.includes(key));
      if (live.length > 0) this.logger.log(`config.toml changed: took up ${live.join(', ')}`);
      if (needRestart.length > 0)
        this.logger.warn(`config.toml changed: restart the gateway for ${needRestart.join(', ')}`);
      this.events.emit('config.changed', { keys, needRestart, ...origin });
    });
    // What changed between reading the file and now is noticed as well: nothing counts as settled yet.
    this.seen = await config.fingerprint();
    this.watch(config);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.endSubscription?.();
    this.endSubscription = undefined;
  }

  private watch(config: FileConfigService): void {
    this.timer = setTimeout(() => {
      void this.look(config).finally(() => {
        if (this.timer !== undefined) this.watch(config);
      });
    }, POLL_MS).unref();
  }

  /** Reads the file once it has stayed the same for two looks, so that a half-written one is left alone. */
  private async look(config: FileConfigService): Promise<void> {
    const now = await config.fingerprint();
    const resting = now === this.seen;
    this.seen = now;
    if (!resting || now === this.settled || this.timer === undefined) return;
    this.settled = now;
    try {
      await config.reload();
      await this.warn(config);
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : String(error);
      this.logger.error(`config.toml was changed and cannot be used; the configuration stays as it was. ${reason}`);
    }
  }

  private async warn(config: FileConfigService): Promise<void> {
    const warnings = await config.warnings();
    for (const warning of warnings) if (!this.warned.includes(warning)) this.logger.warn(warning);
    this.warned = warnings;
  }
}
