import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { CostModule } from '../cost/cost.module';
import { MemoryModule } from '../memory/memory.module';
import { PairingModule } from '../pairing/pairing.module';
import { EgressModule } from '../platform/egress/egress.module';
import { ProvidersModule } from '../providers/providers.module';
import { McpToolsModule } from '../tools/mcp/mcp-tools.module';
import { ToolsModule } from '../tools/tools.module';
import { CHECK_LISTS, Doctor } from './doctor';
import type { CheckList } from './check';
import { ChannelChecks } from './checks/channel.checks';
import { ConfigChecks } from './checks/config.checks';
import { ExposureChecks } from './checks/exposure.checks';
import { McpChecks } from './checks/mcp.checks';
import { ProviderHostChecks } from './checks/provider.checks';
import { RuntimeChecks } from './checks/runtime.checks';
import { SecretChecks } from './checks/secret.checks';
import { ServiceChecks } from './checks/service.checks';
import { StorageChecks } from './checks/storage.checks';
import { DoctorController } from './doctor.controller';
import { Runtime } from './runtime';

/** In the order of the report. */
const LISTS = [
  ConfigChecks,
  ProviderHostChecks,
  StorageChecks,
  RuntimeChecks,
  ChannelChecks,
  ServiceChecks,
  McpChecks,
  ExposureChecks,
  SecretChecks,
] as const;

/** Looks at every room and says what is wrong. */
@Module({})
export class DoctorModule {
  /** @param runtime how the running gateway is seen: from inside, or from another process */
  static register(runtime: Type<Runtime>): DynamicModule {
    return {
      module: DoctorModule,
      imports: [
        EgressModule,
        ProvidersModule,
        MemoryModule,
        CostModule,
        ChannelsModule,
        ToolsModule,
        McpToolsModule,
        PairingModule,
      ],
      controllers: [DoctorController],
      providers: [
        Doctor,
        ...LISTS,
        { provide: Runtime, useClass: runtime },
        { provide: CHECK_LISTS, inject: [...LISTS], useFactory: (...lists: CheckList[]) => lists },
      ],
      exports: [Doctor],
    };
  }
}
