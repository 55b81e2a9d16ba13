import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { EventBus } from '../platform/events/event-bus';
import { FULL_GRANT, formatScopes } from './grant';
import type { Grant } from './grant';
import { GUESSES_PER_HOUR, GuessBudget } from './guess-budget';
import { hashPairingCode, newPairingCode, parsePairingCode } from './pairing-code';
import { PairingRepository } from './pairing.repository';
import type { DevicesTable } from './pairing.tables';

export const CODE_VALID_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

export interface IssuedCode {
  /** As people read it: `ABCD-1234`. */
  code: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** The one-time codes: kept as hashes in the database, so every process and replica of the gateway knows them. */
@Injectable()
export class PairingCodes {
  private readonly logger = new Logger(PairingCodes.name);

  constructor(
    private readonly repository: PairingRepository,
    private readonly budget: GuessBudget,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  /** A further code, good for 15 minutes. */
  async issue(grant: Grant): Promise<IssuedCode> {
    const expiresAt = this.clock.now() + CODE_VALID_MS;
    return { code: await this.add('issued', grant, expiresAt), expiresAt };
  }

  /** The code for the first device: full scope, good until it is used; earlier ones stop working. */
  async openStartupCode(): Promise<string> {
    await this.closeStartupCodes();
    return this.add('startup', FULL_GRANT, null);
  }

  async closeStartupCodes(): Promise<void> {
    await this.repository.removeCodes('startup');
  }

  async withdrawAll(): Promise<void> {
    await this.repository.removeCodes();
  }

  /** Uses the code up for this token; undefined for a wrong one. After too many wrong ones all codes are withdrawn. */
  async redeem(typed: string, tokenHash: string, pairedBy: string): Promise<DevicesTable | undefined> {
    const now = this.clock.now();
    const symbols = parsePairingCode(typed);
    const device =
      symbols === undefined
        ? undefined
        : await this.repository.redeem(hashPairingCode(symbols), now, (code) => ({
            token_hash: tokenHash,
            name: code.name,
            scopes: code.scopes,
            paired_by: pairedBy,
            created_at: now,
            last_seen_at: null,
            expires_at: code.token_days === null ? null : now + code.token_days * DAY_MS,
            revoked_at: null,
          }));
    if (!device && this.budget.spend()) await this.stopGuessing();
    return device;
  }

  private async add(kind: 'startup' | 'issued', grant: Grant, expiresAt: number | null): Promise<string> {
    const code = newPairingCode();
    await this.repository.addCode({
      code_hash: hashPairingCode(code.replace('-', '')),
      kind,
      name: grant.name,
      scopes: formatScopes(grant.scopes),
      token_days: grant.tokenDays,
      created_at: this.clock.now(),
      expires_at: expiresAt,
    });
    return code;
  }

  private async stopGuessing(): Promise<void> {
    await this.withdrawAll();
    this.logger.warn(
      `${GUESSES_PER_HOUR} wrong pairing codes within an hour: every code given out so far is withdrawn`,
    );
    this.events.emit('pairing.codes_withdrawn', { guesses: GUESSES_PER_HOUR });
  }
}
