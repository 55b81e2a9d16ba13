import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { EventBus } from '../platform/events/event-bus';
import type { Principal } from '../platform/http/principal';
import { hashAccessToken, newAccessToken } from './access-token';
import { deviceId } from './device';
import type { Device } from './device';
import { FailedAttempts } from './failed-attempts';
import { FULL_GRANT } from './grant';
import type { Grant } from './grant';
import { PairedDevices } from './paired-devices';
import { PairingCodes } from './pairing-codes';
import type { IssuedCode } from './pairing-codes';
import { StartupCode } from './startup-code';

export interface Pairing {
  /** The only time that the token itself is seen. */
  token: string;
  /** False when the token is forgotten with this process, because config.toml cannot be written. */
  persisted: boolean;
}

/** Turns codes into tokens, and takes tokens away again. */
@Injectable()
export class PairingService implements OnModuleInit {
  private readonly logger = new Logger(PairingService.name);

  constructor(
    private readonly codes: PairingCodes,
    private readonly devices: PairedDevices,
    private readonly attempts: FailedAttempts,
    private readonly startup: StartupCode,
    private readonly events: EventBus,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.devices.load();
    await this.startup.begin();
  }

  /** The code for the banner; undefined when somebody is paired already or pairing is off. */
  startupCode(): string | undefined {
    return this.startup.current;
  }

  /** A token for the code, once. Throws 403 for a code that is not good and 429 while the client is locked out. */
  async pair(typed: string, client: string): Promise<Pairing> {
    return this.attempts.inTurn(client, () => this.judge(typed, client));
  }

  /** A further code; what is not asked for is granted in full. */
  async issueCode(wishes: Partial<Grant> = {}, by?: Principal): Promise<IssuedCode> {
    const grant = { ...FULL_GRANT, ...wishes };
    const issued = await this.codes.issue(grant);
    this.events.emit('pairing.code_issued', { by: by?.id, scopes: grant.scopes });
    return issued;
  }

  listDevices(): Device[] {
    return this.devices.all().sort(byActivity);
  }

  /** Anybody may give up its own token; others' take the scope `admin`. */
  async revoke(id: string, caller: Principal): Promise<void> {
    const device = this.devices.get(id.toLowerCase());
    if (!caller.scopes.includes('admin') && device?.principal.id !== caller.id) {
      throw new AppError(403, 'auth.scope_missing', 'Revoking another device takes a token with the scope "admin"');
    }
    if (!device) throw new AppError(404, 'pairing.device_not_found', 'Paired device not found');
    try {
      await this.devices.revoke([device]);
    } catch (cause) {
      const message = `Failed to persist pairing state: the token is refused from now on, but config.toml still lists it; remove the line that begins with ${device.principal.id}`;
      throw new AppError(500, 'pairing.not_persisted', message, { cause });
    }
    this.logger.log({ device: device.principal.id, by: caller.id }, 'a device was revoked');
    this.events.emit('pairing.device_revoked', { deviceId: device.principal.id, by: caller.id });
  }

  /** `--new-pairing`: every paired device and every code is void. A token of the environment stays, its owner decides about it. */
  async reset(): Promise<string> {
    await this.codes.withdrawAll();
    const code = await this.startup.renew();
    try {
      await this.devices.revoke(this.devices.all().filter((device) => device.origin !== 'environment'));
    } catch (error) {
      this.logger.warn({ err: error }, 'config.toml still lists the revoked tokens; they are refused nevertheless');
    }
    return code;
  }

  private async judge(typed: string, client: string): Promise<Pairing> {
    const locked = this.attempts.lockedFor(client);
    if (locked > 0) {
      this.events.emit('pairing.failed', { client, reason: 'locked' });
      const message = `Too many failed attempts. Try again in ${locked}s.`;
      throw new AppError(429, 'pairing.locked', message, { retryAfter: locked });
    }
    const token = newAccessToken();
    const device = await this.codes.redeem(typed, hashAccessToken(token), client);
    if (!device) {
      this.attempts.fail(client);
      this.events.emit('pairing.failed', { client, reason: 'invalid' });
      throw new AppError(403, 'pairing.invalid_code', 'Invalid pairing code');
    }
    this.attempts.forgive(client);
    const persisted = await this.devices.add(device);
    const id = deviceId(device.token_hash);
    this.logger.log({ device: id, client }, 'a device was paired');
    this.events.emit('pairing.paired', { deviceId: id, client });
    return { token, persisted };
  }
}

function byActivity(a: Device, b: Device): number {
  return (
    (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0) ||
    (b.createdAt ?? 0) - (a.createdAt ?? 0) ||
    (a.principal.id < b.principal.id ? -1 : 1)
  );
}
