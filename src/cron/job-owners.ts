import { Injectable } from '@nestjs/common';
import { PairingService } from '../pairing/pairing.service';
import { Clock } from '../platform/clock';
import { isExpired } from '../pairing/device';

/** The ids of tokens; other owners are channel senders, or the local caller of a gateway without pairing. */
const TOKEN_ID = /^[0-9a-f]{16}$/;

/** Whether those in whose names jobs act still may. */
@Injectable()
export class JobOwners {
  constructor(
    private readonly pairing: PairingService,
    private readonly clock: Clock,
  ) {}

  /** False once the token is revoked or expired: a job must not outlive the power of whoever made it. */
  mayAct(owner: string): boolean {
    if (!TOKEN_ID.test(owner)) return true;
    const now = this.clock.now();
    return this.pairing.listDevices().some((device) => device.principal.id === owner && !isExpired(device, now));
  }
}
