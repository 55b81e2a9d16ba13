import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GenericWebhookConfig } from '../../../src/channels/generic-webhook/generic-webhook.config';
import { LinqConfig } from '../../../src/channels/linq/linq.config';
import { WhatsAppConfig } from '../../../src/channels/whatsapp/whatsapp.config';
import { sectionKeys } from '../../../src/platform/config/section';
import type { SectionClass } from '../../../src/platform/config/section';

const pages: [string, SectionClass][] = [
  ['whatsapp', WhatsAppConfig],
  ['linq', LinqConfig],
  ['generic-webhook', GenericWebhookConfig],
];

it.each(pages)('docs/channels/%s.md has every key with its default', (name, config) => {
  const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'channels', `${name}.md`), 'utf8');
  const [, keys = ''] = text.split('## Keys\n');
  const rows = new Map([...keys.matchAll(/^\| `(\w+)` \|(.*?)\|/gm)].map(([, key, shown]) => [key, shown?.trim()]));
  const defaults = new config() as Record<string, unknown>;
  const expected = [...sectionKeys(config).keys()].map((key) => {
    const value = defaults[key];
    return [key, value === '' ? '' : `\`${JSON.stringify(value)}\``];
  });
  expect([...rows]).toEqual(expected);
});
