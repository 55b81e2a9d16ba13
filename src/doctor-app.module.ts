import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { AskedRuntime } from './doctor/asked-runtime';
import { DoctorModule } from './doctor/doctor.module';
import { PairingModule } from './pairing/pairing.module';
import { Database } from './platform/database/database';
import { HttpModule } from './platform/http/http.module';
import { IdempotencyModule } from './platform/idempotency/idempotency.module';
import { MetricsModule } from './platform/metrics/metrics.module';
import { PlatformModule } from './platform/platform.module';
import type { Ground } from './platform/platform.module';

@Module({})
class GivenDatabaseModule {}

/** The rooms that the doctor looks at, for the command line. They are made and never started: nothing is served, sent or scheduled. */
@Module({})
export class DoctorAppModule {
  static register(ground: Ground, database: Database): DynamicModule {
    const databases = {
      module: GivenDatabaseModule,
      global: true,
      providers: [{ provide: Database, useValue: database }],
      exports: [Database],
    };
    return {
      module: DoctorAppModule,
      imports: [
        PlatformModule.register(ground),
        databases,
        IdempotencyModule,
        HttpModule.register(PairingModule),
        MetricsModule.register(),
        DoctorModule.register(AskedRuntime),
      ],
    };
  }
}
