import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SectionClass } from '../../platform/config/section';

export interface ChannelMark {
  /** In kebab-case: the route is `/<name>`. */
  name: string;
  /** Describes its table `[channels_config.<name>]`, with `_` for `-`. */
  config: SectionClass;
}

/** The mark of a channel's class. */
export const ChannelMarked = DiscoveryService.createDecorator<ChannelMark>();

/** Makes a provider the channel of that name: listed in one module and the roster, it has its route, queues, metrics and card. */
export function RegisterChannel(name: string, config: SectionClass): ClassDecorator {
  return applyDecorators(Injectable(), ChannelMarked({ name, config }));
}
