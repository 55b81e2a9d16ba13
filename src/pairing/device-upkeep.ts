import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../platform/database/database';
import { PairedDevices } from './paired-devices';
import { StartupCode } from './startup-code';

const EVERY_MS = 60_000;

/** Once a minute: saves when devices were last seen, drops those that expired long ago, and in team mode learns what other replicas did. */
@Injectable()
export class DeviceUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeviceUpkeep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly devices: PairedDevices,
    private readonly startup: StartupCode,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.attempt(() => this.devices.saveSeen());
  }

  async run(): Promise<void> {
    await this.attempt(async () => {
      await this.devices.saveSeen();
      if (this.database.dialect === 'postgres') await this.devices.refresh();
      await this.devices.revokeLongExpired();
    });
    this.startup.showIfNeeded();
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, 'the upkeep of paired devices failed and is tried again');
    }
  }
}
