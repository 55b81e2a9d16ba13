import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelNameOf, GATEWAY_PATHS } from '../../../../src/channels/core/channel-name';
import { Section } from '../../../../src/platform/config/section';

const ROOT = join(__dirname, '..', '..', '..', '..');

function tableAt(path: string) {
  @Section(path, 'A table.')
  class Table {}
  return Table;
}

it('is the name of the table in kebab-case', () => {
  expect(channelNameOf(tableAt('channels_config.nextcloud_talk'))).toBe('nextcloud-talk');
});

it.each(['gateway', 'channels_config', 'channels_config.a.b', 'channels_config.Pigeon', 'channels_config._x'])(
  'is none for [%s]',
  (path) => expect(() => channelNameOf(tableAt(path))).toThrow(/a channel's table is/),
);

it.each(GATEWAY_PATHS)('is not /%s, which the gateway itself has', (name) => {
  expect(() => channelNameOf(tableAt(`channels_config.${name.replaceAll('-', '_')}`))).toThrow(
    /is a path of the gateway/,
  );
});

it('is no page of the dashboard and no route of a controller: a new one is to be added to GATEWAY_PATHS', () => {
  const pages = readFileSync(join(ROOT, 'web', 'src', 'pages', 'pages.ts'), 'utf8');
  const controllers = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.controller.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
  const first = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, word = '']) => word);
  const taken = [...first(pages, /path: '\/([\w-]+)/g), ...first(controllers, /@Controller\('([\w-]+)/g)];
  expect(taken.length).toBeGreaterThan(20);
  expect(taken.filter((word) => !GATEWAY_PATHS.includes(word))).toEqual([]);
});
