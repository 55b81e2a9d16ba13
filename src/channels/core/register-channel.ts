import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SectionClass } from '../../platform/config/section';

export interface ChannelOptions {
  /** What people call it, such as `WhatsApp`. Left out: the name with capitals, `nextcloud-talk` is Nextcloud Talk. */
  title?: string;
  /** The sentence of the 404 while its table is absent. Left out: `<title> not configured`. */
  notConfigured?: string;
}

export interface ChannelMark extends Required<ChannelOptions> {
  /** In kebab-case: the route is `/<name>`. */
  name: string;
  /** Describes its table `[channels_config.<name>]`, with `_` for `-`. */
  config: SectionClass;
}

/** The mark of a channel's class. */
export const ChannelMarked = DiscoveryService.createDecorator<ChannelMark>();

/** Makes a provider the channel of that name: listed in one module and the roster, it has its route, queues, metrics and card. */
export function RegisterChannel(name: string, config: SectionClass, options: ChannelOptions = {}): ClassDecorator {
  const title = options.title ?? titleOf(name);
  const notConfigured = options.notConfigured ?? `${title} not configured`;
  return applyDecorators(Injectable(), ChannelMarked({ name, config, title, notConfigured }));
}

function titleOf(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
