import { Clock } from '../platform/clock';
import { loadConfig } from '../platform/config/load-config';
import { KyselyDatabase } from '../platform/database/kysely-database';
import { StorageConfig } from '../platform/database/storage.config';
import { EventBus } from '../platform/events/event-bus';
import { GatewayConfig } from '../platform/http/gateway.config';
import type { Grant } from './grant';
import { GuessBudget } from './guess-budget';
import { PairingCodes } from './pairing-codes';
import { PairingRepository } from './pairing.repository';

/** Puts a code into the database of a gateway that runs in another process; that one finds it there when it is redeemed. */
export async function issueCodeOnTheSide(configDir: string | undefined, grant: Grant) {
  const config = await loadConfig({ sections: [GatewayConfig, StorageConfig], configDir });
  const database = await KyselyDatabase.open({ dataDir: config.dataDir, url: config.get(StorageConfig).url });
  try {
    const clock = new Clock();
    const codes = new PairingCodes(new PairingRepository(database), new GuessBudget(clock), clock, new EventBus());
    const { code } = await codes.issue(grant);
    return { code, pairingIsOff: !config.get(GatewayConfig).require_pairing };
  } finally {
    await database.close();
  }
}
