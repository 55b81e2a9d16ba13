import { Global, Module } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { Database } from './database';
import { KyselyDatabase } from './kysely-database';
import { StorageConfig } from './storage.config';

/** Opens the database before any room that uses it is made, and closes it after all of them have shut down. */
@Global()
@Module({
  providers: [
    {
      provide: Database,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        KyselyDatabase.open({ dataDir: config.dataDir, url: config.get(StorageConfig).url }),
    },
  ],
  exports: [Database],
})
export class DatabaseModule {}
