import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ConfigService } from './config.service';
import { FileConfigService } from './file-config.service';

/** Hands the configuration that was read before Nest started to every room. */
@Module({})
export class ConfigModule {
  static forRoot(config: FileConfigService): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: FileConfigService, useValue: config },
        { provide: ConfigService, useExisting: FileConfigService },
      ],
      exports: [ConfigService],
    };
  }
}
