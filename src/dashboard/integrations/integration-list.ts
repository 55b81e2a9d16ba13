import { Injectable } from '@nestjs/common';
import { ChannelHealth } from '../../channels/core/channel-health';
import { ChannelRegistry } from '../../channels/core/channel.registry';
import { SchedulerConfig } from '../../cron/cron.config';
import { ConfigService } from '../../platform/config/config.service';
import { ToolRegistry } from '../../tools/tool.registry';
import type { Integration, IntegrationCategory, IntegrationStatus } from './integration';
import { NOT_SERVED } from './not-served';
import { ProviderAccounts } from './provider-accounts';

/** Everything the gateway can be connected with, and what is: from the channels, the model hosts and the tools that are really there. */
@Injectable()
export class IntegrationList {
  constructor(
    private readonly channels: ChannelRegistry,
    private readonly channelHealth: ChannelHealth,
    private readonly accounts: ProviderAccounts,
    private readonly tools: ToolRegistry,
    private readonly config: ConfigService,
  ) {}

  list(): Integration[] {
    const served = [...this.chats(), ...this.models(), ...this.automation(), ...platforms()];
    const names = new Set(served.map(({ name }) => name));
    const others = Object.entries(NOT_SERVED).flatMap(([category, list]) =>
      list.filter((name) => !names.has(name)).map((name) => comingSoon(name, category as IntegrationCategory)),
    );
    return [...served, ...others];
  }

  private chats(): Integration[] {
    const channels = this.channels.list().map((one): Integration => {
      const status = this.channelHealth.statusOf(one);
      return {
        name: one.title,
        description: `Messages of ${one.title}, answered there (POST /${one.name})`,
        category: one.name === 'github' ? 'Productivity' : 'Chat',
        status: status === 'ok' || status === 'failing' ? 'Active' : 'Available',
      };
    });
    const webhooks: Integration = {
      name: 'Webhooks',
      description: 'Messages of your own programs (POST /webhook)',
      category: 'Chat',
      status: 'Active',
    };
    return [...channels, webhooks];
  }

  private models(): Integration[] {
    return this.accounts.list().map(({ title, isUsed, isDefault }) => ({
      name: title,
      description: isDefault ? 'Models of this host; it answers by default' : 'Models of this host',
      category: 'AiModel',
      status: isUsed ? 'Active' : 'Available',
    }));
  }

  private automation(): Integration[] {
    const tool = (name: string): IntegrationStatus => (this.tools.get(name) ? 'Active' : 'Available');
    const cron = this.config.get(SchedulerConfig).enabled ? 'Active' : 'Available';
    const category = 'ToolsAutomation';
    return [
      { name: 'Shell', description: 'Commands in the workspace', category, status: tool('shell') },
      { name: 'File System', description: 'Files of the workspace', category, status: tool('file_read') },
      { name: 'Cron', description: 'Jobs that start by themselves', category, status: cron },
    ];
  }
}

function platforms(): Integration[] {
  const on = (platform: NodeJS.Platform): IntegrationStatus => (process.platform === platform ? 'Active' : 'Available');
  const category = 'Platform';
  return [
    { name: 'macOS', description: 'Runs on macOS', category, status: on('darwin') },
    { name: 'Linux', description: 'Runs on Linux', category, status: on('linux') },
  ];
}

function comingSoon(name: string, category: IntegrationCategory): Integration {
  return { name, description: 'Not served by this gateway', category, status: 'ComingSoon' };
}
