import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import type { Principal } from '../platform/http/principal';
import { TokenVerifier } from '../platform/http/token-verifier';
import { couldBeAccessToken, hashAccessToken } from './access-token';
import { isExpired } from './device';
import { PairedDevices } from './paired-devices';

/**
 * The last token of a connection with its hash, kept on the connection itself for as long as that is open: hashing it again would be the
 * dearest thing about a request. Not in a WeakMap, from which minor collections free nothing.
 */
const HASHED = Symbol('the last token');

interface Connection {
  [HASHED]?: { token: string; hash: string };
}

/** Knows the paired devices by their tokens: one hash and one map look-up, nothing that waits. */
@Injectable()
export class PairingTokenVerifier extends TokenVerifier {
  constructor(
    private readonly devices: PairedDevices,
    private readonly clock: Clock,
  ) {
    super();
  }

  verify(token: string, connection?: object): Principal | undefined {
    if (!couldBeAccessToken(token)) return undefined;
    // Whether it is still good is asked every time.
    const device = this.devices.find(connection ? hashOn(connection, token) : hashAccessToken(token));
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

function hashOn(connection: Connection, token: string): string {
  const known = connection[HASHED];
  if (known?.token === token) return known.hash;
  const hash = hashAccessToken(token);
  connection[HASHED] = { token, hash };
  return hash;
}
