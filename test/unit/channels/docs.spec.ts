import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelNameOf } from '../../../src/channels/core/channel-name';
import { roster } from '../../../src/channels/roster';
import { sectionKeys } from '../../../src/platform/config/section';

const pages = roster.map(({ config }) => [channelNameOf(config), config] as const);
const DOCS = join(__dirname, '..', '..', '..', 'docs');

it.each(pages)('docs/channels/%s.md has every key with its default', (name, config) => {
  const text = readFileSync(join(DOCS, 'channels', `${name}.md`), 'utf8');
  const [, keys = ''] = /^## Keys\n([\s\S]*?)^## /m.exec(text) ?? [];
  // One row may explain several keys.
  const shown = [...keys.matchAll(/^\| (`\w+`.*?) \|(.*?)\|/gm)].flatMap(([, names = '', value = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, key = '']) => [key, value.replaceAll(/[`\s]/g, '')] as const),
  );
  const defaults = new config() as Record<string, unknown>;
  const expected = [...sectionKeys(config).keys()].map((key) => {
    const value = defaults[key] ?? '';
    return [key, value === '' ? '' : JSON.stringify(value)];
  });
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
});

it.each(['channels.md', '../README.md'])('%s leads to the page of every channel', (page) => {
  const text = readFileSync(join(DOCS, page), 'utf8');
  for (const [name] of pages) expect(text).toContain(`channels/${name}.md) | \`/${name}\` |`);
});
