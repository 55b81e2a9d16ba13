import type { Type } from '@nestjs/common';
import type { SectionClass } from '../platform/config/section';

/** A channel that the gateway knows: what Nest loads, and the table that configures it. */
export interface RosterEntry {
  module: Type;
  config: SectionClass;
}

/** Every channel of the gateway, one line each. */
export const roster: readonly RosterEntry[] = [];
