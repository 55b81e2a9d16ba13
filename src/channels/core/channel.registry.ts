import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ConfigService } from '../../platform/config/config.service';
import type { Channel } from './channel';
import { channelNameOf } from './channel-name';
import { ChannelMarked } from './register-channel';
import type { ChannelMark } from './register-channel';

/** A channel with its mark. */
export interface RegisteredChannel extends ChannelMark {
  channel: Channel;
}

/** Every channel of the running gateway, in the order of their names, whether or not it is configured. */
@Injectable()
export class ChannelRegistry implements OnModuleInit {
  private readonly channels = new Map<string, RegisteredChannel>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: ConfigService,
  ) {}

  /** Refuses to start with two channels of one name, or one whose name is not that of its table. */
  onModuleInit(): void {
    const found = this.discovery.getProviders({ metadataKey: ChannelMarked.KEY }).map((wrapper) => {
      const mark = this.discovery.getMetadataByDecorator(ChannelMarked, wrapper);
      if (!mark) throw new Error(`${String(wrapper.name)} lacks @RegisterChannel`);
      return { ...mark, channel: wrapper.instance as Channel };
    });
    for (const one of found.toSorted((a, b) => a.name.localeCompare(b.name))) this.add(one);
  }

  get(name: string): RegisteredChannel | undefined {
    return this.channels.get(name);
  }

  list(): RegisteredChannel[] {
    return [...this.channels.values()];
  }

  /** Whether its table stands in config.toml, be it incomplete, and means what is served here. Follows the file as it changes. */
  isConfigured({ config, channel }: RegisteredChannel): boolean {
    return this.config.hasTable(config) && (channel.chosen?.() ?? true);
  }

  /** What keeps its table from working, as an instruction to the operator; undefined while there is no table, or nothing wrong with it. */
  problemOf({ config, channel }: RegisteredChannel): string | undefined {
    return this.config.hasTable(config) ? channel.problem() : undefined;
  }

  private add(one: RegisteredChannel): void {
    const { name, config } = one;
    if (channelNameOf(config) !== name) throw new Error(`channel "${name}" has the table of ${channelNameOf(config)}`);
    if (this.channels.has(name)) throw new Error(`two channels are called "${name}"`);
    this.channels.set(name, one);
  }
}
