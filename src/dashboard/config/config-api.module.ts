import { Module } from '@nestjs/common';
import { ConfigHistory } from './config-history';
import { ConfigRevisions } from './config-revisions';
import { ConfigController } from './config.controller';
import { RevisionsController } from './revisions.controller';
import { RevisionsRepository } from './revisions.repository';

/** config.toml over the API, and its history. */
@Module({
  controllers: [ConfigController, RevisionsController],
  providers: [ConfigHistory, ConfigRevisions, RevisionsRepository],
})
export class ConfigApiModule {}
