import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ConfigEditor } from './config-editor';
import { ConfigWatcher } from './config-watcher';
import { ConfigService } from './config.service';

/** Hands the configuration that was read before Nest started to every room, and keeps it up to date while the gateway runs. */
@Module({})
export class ConfigModule {
  static forRoot(config: ConfigService): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: ConfigService, useValue: config }, ConfigWatcher, ConfigEditor],
      exports: [ConfigService, ConfigEditor],
    };
  }
}
