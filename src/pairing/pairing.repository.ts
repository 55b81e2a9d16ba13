import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database';
import type { DevicesTable, PairingCodesTable, PairingTables } from './pairing.tables';

/** Codes and devices in the gateway's database; the same on both dialects. */
@Injectable()
export class PairingRepository {
  constructor(private readonly database: Database) {}

  private get db() {
    return this.database.tables<PairingTables>();
  }

  /** Keeps a code and clears away those that ran out. */
  async addCode(code: PairingCodesTable): Promise<void> {
    await this.db.deleteFrom('pairing_codes').where('expires_at', '<=', code.created_at).execute();
    await this.db.insertInto('pairing_codes').values(code).execute();
  }

  async removeCodes(kind?: PairingCodesTable['kind']): Promise<void> {
    const removal = this.db.deleteFrom('pairing_codes');
    await (kind ? removal.where('kind', '=', kind) : removal).execute();
  }

  /**
   * Uses a code up and enters the device that `describe` makes of it, both or neither.
   * However many processes try at once, one of them gets the row; undefined for all others and for codes that ran out.
   */
  async redeem(
    codeHash: string,
    now: number,
    describe: (code: PairingCodesTable) => DevicesTable,
  ): Promise<DevicesTable | undefined> {
    return this.db.transaction().execute(async (transaction) => {
      const code = await transaction
        .deleteFrom('pairing_codes')
        .where('code_hash', '=', codeHash)
        .returningAll()
        .executeTakeFirst();
      if (!code || (code.expires_at !== null && code.expires_at <= now)) return undefined;
      // A startup code is for the first device only: once somebody is in, further codes are asked for.
      await transaction.deleteFrom('pairing_codes').where('kind', '=', 'startup').execute();
      const device = describe(code);
      await transaction.insertInto('devices').values(device).execute();
      return device;
    });
  }

  async devices(): Promise<DevicesTable[]> {
    return this.db.selectFrom('devices').selectAll().execute();
  }

  /** Moves the last-seen times forward; devices that have no row yet get one. */
  async saveSeen(devices: DevicesTable[]): Promise<void> {
    if (devices.length === 0) return;
    await this.db
      .insertInto('devices')
      .values(devices)
      .onConflict((conflict) =>
        conflict
          .column('token_hash')
          .doUpdateSet((row) => ({ last_seen_at: row.ref('excluded.last_seen_at') }))
          .where((row) =>
            row.or([
              row('devices.last_seen_at', 'is', null),
              row('devices.last_seen_at', '<', row.ref('excluded.last_seen_at')),
            ]),
          ),
      )
      .execute();
  }

  /** Marks devices as revoked for good; those that have no row yet get one. */
  async revoke(devices: DevicesTable[]): Promise<void> {
    if (devices.length === 0) return;
    await this.db
      .insertInto('devices')
      .values(devices)
      .onConflict((conflict) =>
        conflict.column('token_hash').doUpdateSet((row) => ({ revoked_at: row.ref('excluded.revoked_at') })),
      )
      .execute();
  }
}
