import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import type { Principal } from '../platform/http/principal';
import { TokenVerifier } from '../platform/http/token-verifier';
import { couldBeAccessToken, hashAccessToken } from './access-token';
import { isExpired } from './device';
import { PairedDevices } from './paired-devices';

/** Knows the paired devices by their tokens: one hash and one map look-up, nothing that waits. */
@Injectable()
export class PairingTokenVerifier extends TokenVerifier {
  constructor(
    private readonly devices: PairedDevices,
    private readonly clock: Clock,
  ) {
    super();
  }

  verify(token: string): Principal | undefined {
    if (!couldBeAccessToken(token)) return undefined;
    const device = this.devices.find(hashAccessToken(token));
    if (!device) return undefined;
    const now = this.clock.now();
    if (isExpired(device, now)) return undefined;
    device.lastSeenAt = now;
    return device.principal;
  }

  hasTokens(): boolean {
    return this.devices.countValid() > 0;
  }
}
