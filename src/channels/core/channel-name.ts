import type { SectionClass } from '../../platform/config/section';
import { sectionMeta } from '../../platform/config/section';

/** Where the tables of channels stand. */
export const CHANNEL_TABLES = 'channels_config';

const ROUTES = ['api', 'health', 'mcp', 'metrics', 'pair', 'v1', 'webhook', 'ws'];
/** Pages of the dashboard: a browser that is reloaded there must not meet a channel. */
const PAGES =
  'about api-docs audit channels chat config cost cron devices doctor events integrations memory overview tools'.split(
    ' ',
  );

/** First words of the gateway's own paths, which no channel can have for a name. */
export const GATEWAY_PATHS: readonly string[] = [...ROUTES, ...PAGES];

/**
 * The name of the channel that a table `[channels_config.<name>]` configures, in kebab-case: also its route. Throws when the table
 * stands elsewhere, or the name is one of the gateway's own paths.
 */
export function channelNameOf(config: SectionClass): string {
  const { path } = sectionMeta(config);
  const [, table] = /^channels_config\.([a-z0-9]+(?:_[a-z0-9]+)*)$/.exec(path) ?? [];
  if (table === undefined)
    throw new Error(`${config.name}: a channel's table is [${CHANNEL_TABLES}.<name>], not [${path}]`);
  const name = table.replaceAll('_', '-');
  if (GATEWAY_PATHS.includes(name))
    throw new Error(`${config.name}: /${name} is a path of the gateway, choose another name`);
  return name;
}
