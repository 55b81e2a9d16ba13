import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { EventBus } from '../platform/events/event-bus';
import { deviceOf, isExpired } from './device';
import type { Device } from './device';
import { DeviceStore } from './device.store';
import { PairedTokens } from './paired-tokens';
import type { DevicesTable } from './pairing.tables';

const EXPIRED_SHOWN_MS = 30 * 24 * 60 * 60_000;

/**
 * Every token that is good, in memory: found by its hash without any I/O. What is revoked, through here, by hand in config.toml
 * or by another process, leaves memory first and is announced as `pairing.revoked`.
 */
@Injectable()
export class PairedDevices {
  private readonly logger = new Logger(PairedDevices.name);
  private readonly devices = new Map<string, Device>();
  /** Revoked here while the store may still say otherwise. */
  private readonly refused = new Set<string>();
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: DeviceStore,
    private readonly tokens: PairedTokens,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {
    events.on('config.changed', ({ keys }) => {
      if (keys.some((key) => key.startsWith('gateway.paired_tokens'))) this.followFile();
    });
  }

  async load(): Promise<void> {
    await this.store.hashClearTokens();
    await this.refresh();
  }

  find(tokenHash: string): Device | undefined {
    return this.devices.get(tokenHash);
  }

  /** By public id (16 hex digits) or full hash. */
  get(id: string): Device | undefined {
    return this.devices.get(id) ?? this.all().find((device) => device.principal.id === id);
  }

  all(): Device[] {
    return [...this.devices.values()];
  }

  /** How many tokens work right now. */
  countValid(): number {
    const now = this.clock.now();
    return this.all().filter((device) => !isExpired(device, now)).length;
  }

  /** Makes a new token valid at once. False when it will not survive the process. */
  async add(row: DevicesTable): Promise<boolean> {
    return this.oneAtATime(async () => {
      const origin = await this.store.keep(row.token_hash);
      this.devices.set(row.token_hash, deviceOf(row.token_hash, origin, row));
      return origin !== 'process';
    });
  }

  /** The tokens are refused from this moment on, even when this rejects because config.toml could not be written. */
  async revoke(devices: readonly Device[]): Promise<void> {
    for (const { tokenHash } of devices) this.refused.add(tokenHash);
    this.forget(devices);
    await this.oneAtATime(() => this.store.revoke(devices, this.clock.now()));
    for (const { tokenHash } of devices) this.refused.delete(tokenHash);
  }

  async revokeLongExpired(): Promise<void> {
    const limit = this.clock.now() - EXPIRED_SHOWN_MS;
    const expired = this.all().filter((device) => isExpired(device, limit));
    if (expired.length > 0) await this.revoke(expired);
  }

  async saveSeen(): Promise<void> {
    await this.store.saveSeen(this.all());
  }

  /** Takes over what other processes have changed in file and database. */
  async refresh(): Promise<void> {
    await this.oneAtATime(async () => {
      const stored = new Map((await this.store.load()).map((device) => [device.tokenHash, device]));
      this.forget(this.all().filter((device) => device.origin !== 'process' && !stored.has(device.tokenHash)));
      const learned = [...stored.values()].filter(
        ({ tokenHash }) => !this.devices.has(tokenHash) && !this.refused.has(tokenHash),
      );
      for (const device of learned) this.devices.set(device.tokenHash, device);
      const tokenHashes = learned.map((device) => device.tokenHash);
      if (tokenHashes.length > 0) this.events.emit('pairing.learned', { tokenHashes });
    });
  }

  private followFile(): void {
    const listed = this.tokens.hashes();
    this.forget(this.all().filter((device) => device.origin === 'file' && !listed.has(device.tokenHash)));
    void this.refresh().catch((error: unknown) =>
      this.logger.error({ err: error }, 'could not read the paired devices'),
    );
  }

  private forget(devices: readonly Device[]): void {
    const tokenHashes = devices.map((device) => device.tokenHash).filter((hash) => this.devices.delete(hash));
    if (tokenHashes.length > 0) this.events.emit('pairing.revoked', { tokenHashes });
  }

  /** A refresh that began before a change must not undo it. */
  private oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.lastChange.then(change, change);
    this.lastChange = result.catch(() => undefined);
    return result;
  }
}
