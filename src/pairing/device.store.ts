import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { Database } from '../platform/database/database';
import { hashAccessToken } from './access-token';
import { deviceOf, rowOf } from './device';
import type { Device, DeviceOrigin } from './device';
import { PairedTokens } from './paired-tokens';
import { PairingConfig, TOKEN_VARIABLE } from './pairing.config';
import { PairingRepository } from './pairing.repository';

/**
 * Where devices outlive the process. What makes a token valid is its line in config.toml when embedded and its row in team mode;
 * a revoked row wins over both, so that a restored file or an old Secret brings nothing back.
 */
@Injectable()
export class DeviceStore {
  private readonly logger = new Logger(DeviceStore.name);
  private readonly rowsDecide: boolean;

  constructor(
    private readonly repository: PairingRepository,
    private readonly tokens: PairedTokens,
    private readonly config: ConfigService,
    database: Database,
  ) {
    this.rowsDecide = database.dialect === 'postgres';
  }

  async load(): Promise<Device[]> {
    const rows = new Map((await this.repository.devices()).map((row) => [row.token_hash, row]));
    const devices: Device[] = [];
    const { token } = this.config.get(PairingConfig);
    const fromEnvironment = token ? hashAccessToken(token) : undefined;
    if (fromEnvironment !== undefined) {
      if (rows.get(fromEnvironment)?.revoked_at != null) {
        this.logger.warn(`the token in ${TOKEN_VARIABLE} was revoked and is refused: set another one`);
      } else {
        devices.push({ ...deviceOf(fromEnvironment, 'environment'), pairedBy: 'environment' });
      }
    }
    const listed = this.tokens.hashes();
    for (const tokenHash of listed) {
      const row = rows.get(tokenHash);
      if (tokenHash === fromEnvironment || row?.revoked_at != null) continue;
      devices.push(deviceOf(tokenHash, 'file', row));
    }
    if (!this.rowsDecide) return devices;
    for (const row of rows.values()) {
      if (row.revoked_at !== null || listed.has(row.token_hash)) continue;
      devices.push(deviceOf(row.token_hash, 'database', row));
    }
    return devices;
  }

  /** Makes a token last whose row is written already; answers what it rests on, `process` when config.toml cannot be written. */
  async keep(tokenHash: string): Promise<DeviceOrigin> {
    if (this.rowsDecide) return 'database';
    try {
      await this.tokens.add(tokenHash);
      return 'file';
    } catch (error) {
      this.logger.error(
        { err: error },
        'a new token could not be written to config.toml: it is valid until the gateway stops',
      );
      return 'process';
    }
  }

  /** Rejects when config.toml could not be written; the devices are marked as revoked in the database nevertheless. */
  async revoke(devices: readonly Device[], now: number): Promise<void> {
    await this.repository.revoke(devices.map((device) => ({ ...rowOf(device), revoked_at: now })));
    const inFile = devices.filter((device) => device.origin === 'file');
    await this.tokens.remove(new Set(inFile.map((device) => device.tokenHash)));
  }

  async saveSeen(devices: readonly Device[]): Promise<void> {
    // A row must never make a token valid that only the environment, or in team mode only the file, vouches for.
    const owned: readonly DeviceOrigin[] = this.rowsDecide ? ['database'] : ['file'];
    const seen = devices.filter((device) => owned.includes(device.origin) && device.lastSeenAt !== device.savedSeenAt);
    const rows = seen.map(rowOf);
    await this.repository.saveSeen(rows);
    for (const [index, device] of seen.entries()) device.savedSeenAt = rows[index]?.last_seen_at ?? null;
  }

  async hashClearTokens(): Promise<void> {
    try {
      if (await this.tokens.hashClearEntries())
        this.logger.log('replaced tokens in the clear in config.toml by their hashes');
    } catch (error) {
      this.logger.warn(
        { err: error },
        'config.toml holds tokens in the clear and cannot be written: replace them by their SHA-256',
      );
    }
  }
}
