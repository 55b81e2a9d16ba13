import { Module } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';

/** `/health`, `/health/live`, `/health/ready`. Without its database the gateway is not ready. */
@Module({ controllers: [HealthController] })
export class HealthModule {
  constructor(health: HealthService, database: Database) {
    health.require('database', async () => {
      await sql`select 1`.execute(database.tables());
    });
  }
}
