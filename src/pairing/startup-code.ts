import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { GatewayConfig } from '../platform/http/gateway.config';
import { PairedDevices } from './paired-devices';
import { PairingCodes } from './pairing-codes';
import { Terminal } from './terminal';

/**
 * The code for the first device. There is one whenever pairing is on and no token is valid: the banner shows the one from the start,
 * a later one (the last device was revoked, guessers used the old one up) goes to the terminal at once, so nobody is locked out.
 */
@Injectable()
export class StartupCode {
  private readonly logger = new Logger(StartupCode.name);
  private code: string | undefined;
  private opening = false;

  constructor(
    private readonly codes: PairingCodes,
    private readonly devices: PairedDevices,
    private readonly config: ConfigService,
    private readonly terminal: Terminal,
    events: EventBus,
  ) {
    // Whoever redeems a code, here or in another process, closes the startup code.
    events.on('pairing.paired', () => (this.code = undefined));
    events.on('pairing.learned', () => (this.code = undefined));
    events.on('pairing.codes_withdrawn', () => {
      this.code = undefined;
      this.showIfNeeded();
    });
    events.on('pairing.revoked', () => this.showIfNeeded());
  }

  /** Closes the codes of earlier starts and opens one where it is needed. The devices must be loaded. */
  async begin(): Promise<void> {
    await this.codes.closeStartupCodes();
    await this.open();
  }

  get current(): string | undefined {
    return this.code;
  }

  /** Replaces the code whether or not there are tokens. */
  async renew(): Promise<string> {
    return (this.code = await this.codes.openStartupCode());
  }

  /** The new code, when none was there and nobody can get in. */
  private async open(): Promise<string | undefined> {
    const needed = this.config.get(GatewayConfig).require_pairing && this.devices.countValid() === 0;
    if (!needed || this.code !== undefined || this.opening) return undefined;
    this.opening = true;
    try {
      return await this.renew();
    } finally {
      this.opening = false;
    }
  }

  /** Opens a code when nobody can get in any more, and shows it. */
  showIfNeeded(): void {
    this.openAndShow().catch((error: unknown) =>
      this.logger.error({ err: error }, 'could not make a new pairing code'),
    );
  }

  private async openAndShow(): Promise<void> {
    const code = await this.open();
    if (code !== undefined) this.terminal.showCode(code);
  }
}
