import { Injectable } from '@nestjs/common';
import { ChannelRegistry } from '../channels/core/channel.registry';
import { MemoryService } from '../memory/memory.service';
import { ConfigService } from '../platform/config/config.service';
import { Database } from '../platform/database/database';
import { ModelsConfig } from '../providers/models.config';
import { ModelsService } from '../providers/models.service';

/** What the agent works with and where people reach it, as configured now. */
@Injectable()
export class AgentStatus {
  constructor(
    private readonly models: ModelsService,
    private readonly memory: MemoryService,
    private readonly database: Database,
    private readonly config: ConfigService,
    private readonly channels: ChannelRegistry,
  ) {}

  describe() {
    const { provider, model } = this.models.default;
    return {
      provider: provider.id,
      model,
      // Unset leaves it to the host.
      temperature: this.config.get(ModelsConfig).default_temperature ?? null,
      memory_backend: this.memory.enabled ? this.database.dialect : 'none',
      channels: Object.fromEntries(
        this.channels.list().map((one) => [one.title, this.channels.isConfigured(one)]),
      ) as Record<string, boolean>,
    };
  }
}
