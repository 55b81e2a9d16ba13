import { configSections } from '../../../../src/config-sections';
import { MASK } from '../../../../src/platform/config/config-text';
import { keyShape } from '../../../../src/platform/config/key-shape';
import { maskToml } from '../../../../src/platform/config/mask-toml';
import { restoreMasks } from '../../../../src/platform/config/restore-masks';
import { SecretKeys } from '../../../../src/platform/config/secret-keys';
import type { SectionClass } from '../../../../src/platform/config/section';
import { sectionKeys, sectionMeta } from '../../../../src/platform/config/section';
import { parseToml } from '../../../../src/platform/config/toml-document';
import { formatPath } from '../../../../src/platform/config/toml-path';

const secrets = new SecretKeys(configSections);
const masked = (text: string) => maskToml(text, secrets);
const restored = (text: string, current: string) => restoreMasks(text, current, secrets);

/** TOML with this one secret of the schema, in every form that its table may take. */
function secretKeys(): [key: string, toml: string][] {
  return configSections.flatMap((section) => keysOf(section, sectionMeta(section).path, 'table'));
}

function keysOf(section: SectionClass, path: string, form: 'table' | 'array'): [string, string][] {
  return [...sectionKeys(section)].flatMap(([key, options]): [string, string][] => {
    const here = formatPath([key], path);
    if (options.table) {
      const kind = options.kind ?? 'table';
      const maps = kind === 'map' ? keysOf(options.table, `${here}."some one"`, 'table') : [];
      const arrays = kind === 'array' || options.namedBy ? keysOf(options.table, here, 'array') : [];
      return kind === 'table' ? keysOf(options.table, here, 'table') : [...maps, ...arrays];
    }
    if (!options.secret) return [];
    const shape = keyShape(section, key);
    const isMap = shape.type === 'table' || typeof (new section() as Record<string, unknown>)[key] === 'object';
    const value = shape.list ? '["s3cret-1", \'s3cret-2\']' : isMap ? '{ A = "s3cret-1" }' : '"s3cret-1"';
    const header = path === '' ? '' : form === 'array' ? `[[${path}]]\n` : `[${path}]\n`;
    const name = form === 'array' && key !== 'name' ? 'name = "one"\n' : '';
    return [[`${here} (${form})`, `# above\n${header}${name}${key} = ${value} # behind\n`]];
  });
}

describe('every secret of the schema', () => {
  it('is found: there are many', () => expect(secretKeys().length).toBeGreaterThan(25));

  it.each(secretKeys())('%s is masked, and comes back from its mask', (_key, toml) => {
    const shown = masked(toml);

    expect(shown).not.toContain('s3cret');
    expect(shown).toContain(MASK);
    expect(shown).toContain('# above');
    expect(shown).toContain('# behind');
    expect(restored(shown, toml)).toEqual({ text: toml, lost: [] });
  });
});

describe('masking', () => {
  it.each([
    ['a password of a table that is ZeroClaw’s', '[channels_config.email]\npassword = "hunter2"'],
    ['a number that is a password', '[channels_config.irc]\nserver_password = 123456'],
    ['a private key', '[channels_config.nostr]\nprivate_key = "nsec1hunter2"'],
    ['environment of programs', '[agents.x.env]\nANY = "hunter2"'],
    ['a proxy with its password', '[proxy]\nhttp_proxy = "http://hunter2@host"'],
    ['an address with a password in a plain key', 'default_provider = "custom:https://me:hunter2@host/v1"'],
    ['a database', '[storage.provider.config]\ndb_url = "postgres://hunter2/x"'],
    ['the hashes of tokens', '[gateway]\npaired_tokens = [\n  "hunter2", # laptop\n]'],
    ['the token of node control', '[gateway.node_control]\nauth_token = "hunter2"'],
    ['a credential among arguments', '[mcp.servers.a]\nargs = ["--key", "sk-hunter2hunter2hunter2"]'],
    ['text over several lines', '[gateway]\npaired_tokens = ["""\nhunter2""""]'],
    ['what is written inline', 'model_providers = { a = { base_url = "https://h", api_key = \'hunter2\' } }'],
    ['dotted keys', 'model_providers.a.api_key = "hunter2"'],
    ['a sealed value', 'api_key = "enc2:hunter2"'],
    ['a secret that is commented out', '#api_key = "hunter2" # old'],
    ['a credential in a comment', '# ask Ann for sk-hunter2hunter2hunter2'],
    ['one after a # in a key', '[model_providers."a # b"]\n"api_key" = "hunter2"'],
  ])('hides %s, and gives it back', (_, toml) => {
    const shown = masked(`${toml}\n`);

    expect(shown).not.toContain('hunter2');
    expect(() => parseToml(shown)).not.toThrow();
    expect(restored(shown, `${toml}\n`)).toEqual({ text: `${toml}\n`, lost: [] });
  });

  it.each([
    'default_model = "claude"',
    '[memory]\nchunk_max_tokens = 512',
    '[[model_routes]]\nhint = "a"\nmax_tokens = 5',
    '[runtime]\nuse_token = true',
    'api_key = ""',
    '# api_key = ""',
    '# the token comes from the vault',
    '[autonomy]\nallowed_commands = ["git"]',
  ])('leaves %j as it is', (toml) => expect(masked(toml)).toBe(toml));

  it.each([
    ['a comment of one word', () => `# ${'a'.repeat(1_000_000)}\n`],
    ['a comment of many', () => `# ${'a.'.repeat(500_000)}=\n`],
    ['a value of many', () => `x = "${'a:/.'.repeat(250_000)}"\n`],
    ['many keys', () => Array.from({ length: 20_000 }, (_, index) => `key_${index} = "value of it" # note\n`).join('')],
    ['a list of many', () => `[reliability]\napi_keys = [${'"k", '.repeat(50_000)}]\n`],
    [
      'many tables',
      () => Array.from({ length: 10_000 }, (_, i) => `[[model_routes]]\nhint = "${i}"\napi_key = "k"\n`).join(''),
    ],
  ])(
    'takes little time for a large text: %s',
    (_, text) => {
      const toml = text();
      const began = performance.now();
      const shown = masked(toml);
      restored(shown, toml);

      expect(performance.now() - began).toBeLessThan(40_000);
    },
    60_000,
  );

  it('keeps CRLF and everything that is no secret', () => {
    expect(masked('# a\r\napi_key = "x" # b\r\n')).toBe(`# a\r\napi_key = "${MASK}" # b\r\n`);
  });
});

describe('restoring', () => {
  const current = `api_key = 'top' # why
[reliability]
api_keys = ["one", "two"]
fallback_api_keys = { groq = "g" }
[[model_routes]]
hint = "fast"
provider = "groq"
api_key = "route-fast"
[[model_routes]]
hint = "slow"
provider = "openai"
api_key = "route-slow"
`;
  const value = (text: string) => parseToml(restored(text, current).text).tree;
  const lost = (text: string) => restored(text, current).lost.map(({ path, reason }) => `${path.join('.')} ${reason}`);

  it('follows a table of a list to its new place by its name', () => {
    const routes = `[[model_routes]]\nhint = "slow"\napi_key = "${MASK}"\n`;

    expect(value(routes)).toEqual({ model_routes: [{ hint: 'slow', api_key: 'route-slow' }] });
  });

  it.each([
    ['as many as before', `["${MASK}", "new"]`, ['one', 'new']],
    ['as many masks as there were secrets', `["new", "${MASK}", "${MASK}"]`, ['new', 'one', 'two']],
    ['none', '["new"]', ['new']],
  ])('keeps entries of a list: %s', (_, list, expected) => {
    expect(value(`[reliability]\napi_keys = ${list}\n`)).toEqual({ reliability: { api_keys: expected } });
  });

  it.each([
    ['a list that is shorter', `[reliability]\napi_keys = ["${MASK}"]`, 'reliability.api_keys.0'],
    ['a list that is longer', `[reliability]\napi_keys = ["${MASK}", "x", "y"]`, 'reliability.api_keys.0'],
    ['a key that had none', `[tunnel.ngrok]\nauth_token = "${MASK}"`, 'tunnel.ngrok.auth_token'],
    ['a key that is no secret', `default_model = "${MASK}"`, 'default_model'],
    ['a plain value', `[[model_routes]]\nhint = "fast"\nprovider = "${MASK}"`, 'model_routes.0.provider'],
    ['a renamed table', `[[model_routes]]\nhint = "new"\napi_key = "${MASK}"`, 'model_routes.0.api_key'],
    ['a mask amid other text', `api_key = "Bearer ${MASK}"`, 'api_key'],
    ['another spelling of the table', `[reliability.fallback_api_keys]\nmistral = "${MASK}"`, 'reliability.fallback'],
    ['a mask in the place of a list', `[reliability]\napi_keys = "${MASK}"`, 'reliability.api_keys'],
  ])('refuses %s', (_, toml, key) => {
    expect(lost(`${toml}\n`)).toEqual([expect.stringContaining(key)]);
  });

  it('can leave empty what is not there any more', () => {
    const { text, lost: gone } = restoreMasks(
      `api_key = "${MASK}" # k\n[x]\ntoken = "${MASK}"\n`,
      current,
      secrets,
      true,
    );

    expect(text).toBe(`api_key = 'top' # k\n[x]\ntoken = ""\n`);
    expect(gone).toHaveLength(1);
  });
});
