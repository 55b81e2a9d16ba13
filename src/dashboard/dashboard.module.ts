import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module';
import { StatusController } from './status.controller';

/** What an operator looks at. */
@Module({ imports: [ProvidersModule], controllers: [StatusController] })
export class DashboardModule {}
