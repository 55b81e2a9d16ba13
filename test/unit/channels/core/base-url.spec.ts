import { validateSync } from 'class-validator';
import { IsBaseUrl } from '../../../../src/channels/core/base-url';
import { sectionKeys } from '../../../../src/platform/config/section';
import { roster } from '../../../../src/channels/roster';
import { startChannel } from '../../../support/channel';

class Table {
  @IsBaseUrl()
  needed: unknown = 'https://a.example';

  @IsBaseUrl({ orEmpty: true })
  maybe: unknown = '';

  @IsBaseUrl({ withQuery: true })
  whole: unknown = 'https://a.example/hook?key=1';
}

const isFine = (values: Partial<Table>) => validateSync(Object.assign(new Table(), values)).length === 0;

it.each([
  'https://a.example',
  'http://127.0.0.1:8080',
  'https://a.example/api/v3/',
  'http://[::1]:9',
  'https://münchen.de',
])('takes %s', (needed) => expect(isFine({ needed })).toBe(true));

it.each([
  '',
  'a.example',
  'ftp://a.example',
  'https://',
  'http:///path',
  'http://a:99999',
  'https://a.example?x=1',
  'https://a.example/#top',
  'https://user:word@a.example',
  'https://a.example/ ',
  'https://a b',
  'http://[::1',
  7,
  undefined,
])('refuses %j', (needed) => expect(isFine({ needed })).toBe(false));

it('may be missing where there is no default', () => {
  expect(isFine({ maybe: '' })).toBe(true);
  expect(isFine({ maybe: 'http://a:99999' })).toBe(false);
});

it('may have a query where nothing is added to it', () => {
  expect(isFine({})).toBe(true);
  for (const whole of ['', 'https://a.example/?a#b', 'http://a:99999?x', 'https://?x']) {
    expect(isFine({ whole })).toBe(false);
  }
});

const withUrl = roster.flatMap((entry) =>
  ['api_base_url', 'base_url', 'url']
    .filter((key) => sectionKeys(entry.config).has(key))
    .map((key) => ({ key, entry })),
);

it('every channel has such a key', () => {
  expect(withUrl.map(({ entry }) => entry)).toEqual(roster.map((entry) => entry));
});

it.each(withUrl.map(({ key, entry }) => [entry.config.name, key, entry] as const))(
  '%s says at once that its %s cannot be called',
  async (_name, key, entry) => {
    const starting = startChannel(entry, { table: `${key} = "http://a:99999"` });
    await expect(starting).rejects.toThrow(/found "http:\/\/a:99999", allowed: text; an address such as https:/);
  },
);
