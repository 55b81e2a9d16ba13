import { Injectable } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { GatewayConfig } from '../platform/http/gateway.config';
import { isTokenHash, tokenHashOf } from './access-token';

const KEY = 'gateway.paired_tokens';

/** The list `gateway.paired_tokens` of config.toml. Every change goes through the file, so two processes never overwrite each other's. */
@Injectable()
export class PairedTokens {
  constructor(private readonly config: ConfigService) {}

  /** The hashes as they stand; entries in the clear are hashed. */
  hashes(): Set<string> {
    return new Set(this.config.get(GatewayConfig).paired_tokens.map(tokenHashOf));
  }

  async add(tokenHash: string): Promise<void> {
    await this.config.update<string[]>(KEY, (entries = []) => [...entries, tokenHash]);
  }

  async remove(tokenHashes: ReadonlySet<string>): Promise<void> {
    if (tokenHashes.size === 0) return;
    await this.config.update<string[]>(KEY, (entries = []) =>
      entries.filter((entry) => !tokenHashes.has(tokenHashOf(entry))),
    );
  }

  /** Replaces tokens that somebody wrote in the clear by their hashes; says whether there were any. */
  async hashClearEntries(): Promise<boolean> {
    if (this.config.get(GatewayConfig).paired_tokens.every((entry) => isTokenHash(entry))) return false;
    await this.config.update<string[]>(KEY, (entries = []) => [...new Set(entries.map(tokenHashOf))]);
    return true;
  }
}
