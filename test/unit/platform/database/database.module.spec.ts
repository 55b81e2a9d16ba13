import { Global, Injectable, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigService } from '../../../../src/platform/config/config.service';
import { Database } from '../../../../src/platform/database/database';
import { DatabaseModule } from '../../../../src/platform/database/database.module';
import { KyselyDatabase } from '../../../../src/platform/database/kysely-database';
import { FixedConfig } from '../../../support/idempotency-app';
import { tempDir } from '../../../support/temp-dir';

interface Tables {
  sessions: { owner: string; id: string; created_at: number; updated_at: number };
}

/** A room that still has something to write when the gateway stops. */
@Injectable()
class LastWords implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    const row = { owner: 'room', id: 'last words', created_at: 1, updated_at: 1 };
    await this.database.tables<Tables>().insertInto('sessions').values(row).execute();
  }
}

@Module({ providers: [LastWords] })
class Room {}

it('closes the database after every room has shut down', async () => {
  const dir = await tempDir();

  @Global()
  @Module({
    providers: [{ provide: ConfigService, useValue: new FixedConfig({ dataDir: dir.path }) }],
    exports: [ConfigService],
  })
  class Ground {}

  @Module({ imports: [Ground, DatabaseModule, Room] })
  class App {}

  const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  const database = app.get(Database);
  await app.close();
  await expect(database.tables<Tables>().selectFrom('sessions').selectAll().execute()).rejects.toThrow();

  const again = await KyselyDatabase.open({ dataDir: dir.path });
  expect(await again.tables<Tables>().selectFrom('sessions').select('id').execute()).toEqual([{ id: 'last words' }]);
  await again.close();
  await dir.remove();
});
