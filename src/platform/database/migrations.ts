import type { Migration } from 'kysely/migration';
import type { DatabaseDialect } from './database';
import { pairing } from './migrations/0001-pairing';
import { sessions } from './migrations/0002-sessions';
import { idempotency } from './migrations/0003-idempotency';
import { memory } from './migrations/0004-memory';
import { cost } from './migrations/0005-cost';
import { audit } from './migrations/0006-audit';
import { toolSafety } from './migrations/0007-tool-safety';
import { runs } from './migrations/0008-runs';
import { cron } from './migrations/0009-cron';
import { channels } from './migrations/0010-channels';
import { configRevisions } from './migrations/0011-config-revisions';

/** Every step of the schema by name, in order. Only ever append: a released step is never changed. */
export function migrations(dialect: DatabaseDialect): Record<string, Migration> {
  return {
    '0001-pairing': pairing(),
    '0002-sessions': sessions(dialect),
    '0003-idempotency': idempotency(dialect),
    '0004-memory': memory(dialect),
    '0005-cost': cost(),
    '0006-audit': audit(dialect),
    '0007-tool-safety': toolSafety(),
    '0008-runs': runs(),
    '0009-cron': cron(),
    '0010-channels': channels(dialect),
    '0011-config-revisions': configRevisions(dialect),
  };
}
