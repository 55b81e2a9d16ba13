import { assert, asyncProperty, constantFrom, dictionary, letrec, oneof, string } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { parseToml } from '../../../src/platform/config/toml-document';
import { ConfigClient } from '../../support/config-api';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';

const MASK = '***MASKED***';
const TOML = `# ours
default_provider = "echo" # first
api_key = "sk-top"

[gateway] # doors
webhook_rate_limit_per_minute = 100 # plenty
trusted_proxies = ["10.0.0.0/8"]

[reliability]
fallback_api_keys = { groq = "gsk" }

[model_providers.work]
base_url = "https://llm.example.com/v1" # theirs
api_key = "sk-work"

[browser]
enabled = true # ZeroClaw's
`;

let gateway: GatewayUnderTest;
const api = new ConfigClient(() => gateway);

beforeEach(async () => {
  gateway = await startGateway({ toml: TOML });
  await api.content();
});
afterEach(() => gateway.stop());

const without = (text: string) => text.replace(/^paired_tokens.*\n/m, '');

it.each([
  ['changes a value', { gateway: { webhook_rate_limit_per_minute: 7 } }, [['= 100 # plenty', '= 7 # plenty']]],
  ['removes one', { gateway: { trusted_proxies: null } }, [['trusted_proxies = ["10.0.0.0/8"]\n', '']]],
  ['replaces a list', { gateway: { trusted_proxies: ['::1'] } }, [['["10.0.0.0/8"]', '["::1"]']]],
  ['changes a value of a named table', { model_providers: { work: { api_key: 'sk-2' } } }, [['sk-work', 'sk-2']]],
  ['adds to a map', { reliability: { fallback_api_keys: { xai: 'k' } } }, [['"gsk" }', '"gsk", xai = "k" }']]],
  ['changes what is ZeroClaw’s', { browser: { enabled: false } }, [['enabled = true', 'enabled = false']]],
  [
    'keeps a secret at its mask',
    { api_key: MASK, gateway: { host: '127.0.0.1' } },
    [['\n\n[reliab', '\nhost = "127.0.0.1"\n\n[reliab']],
  ],
  ['does nothing', {}, []],
  ['removes what is not there', { gateway: { host: null }, x: { y: null } }, []],
] as [string, object, [string, string][]][])('%s and leaves the rest', async (_, patch, edits) => {
  const before = without(await api.file());

  const answer = await api.patch(patch);

  expect(answer).toMatchObject({ status: 200, said: 'ok' });
  const expected = edits.reduce((text, [from, to]) => text.replace(from, to), before);
  expect(without(await api.file())).toBe(expected);
});

it('adds tables', async () => {
  await api.patch({ audit: { retention_days: 3 }, model_providers: { 'a b': { base_url: 'http://h/v1' } } });

  expect(parseToml(await api.file()).tree).toMatchObject({
    audit: { retention_days: 3 },
    model_providers: { work: { api_key: 'sk-work' }, 'a b': { base_url: 'http://h/v1' } },
  });
});

it('removes a table, but no token', async () => {
  expect(await api.patch({ gateway: null, reliability: null })).toMatchObject({ status: 200 });

  const { tree } = parseToml(await api.file());
  expect(tree).not.toHaveProperty('reliability');
  expect(tree['gateway']).toEqual({ paired_tokens: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
});

it.each([
  ['an unknown key', { gateway: { prot: 1 } }, 'gateway.prot is not a key of this gateway; did you mean gateway.port?'],
  ['an unknown table', { gatway: { port: 1 } }, 'gatway.port is not a key'],
  ['a table as a value', { gateway: 5 }, 'gateway is a table'],
  ['a wrong value', { gateway: { port: 70_000 } }, 'gateway.port: found 70000'],
  ['null in a list', { gateway: { trusted_proxies: [null] } }, 'gateway.trusted_proxies holds null'],
  ['half a character', { api_key: '\ud800' }, 'api_key holds half of a character'],
  ['a mask for nothing', { model_providers: { new: { api_key: MASK } } }, 'model_providers.new.api_key: is masked'],
  ['a mask at a plain key', { default_provider: MASK }, 'default_provider: is masked'],
  ['too deep', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as object, 'nested too deeply'],
  [
    'too much',
    { cost: { prices: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, { input: 1 }])) } },
    'at most 200',
  ],
])('refuses %s and changes nothing', async (_, patch, sentence) => {
  const before = await api.file();

  expect(await api.patch(patch)).toMatchObject({
    status: 400,
    code: 'config.invalid',
    error: expect.stringContaining(sentence),
    problems: [{ message: expect.any(String) }],
  });
  expect(await api.file()).toBe(before);
});

it.each([
  ['[]', 'application/json', 400, 'request.invalid_json'],
  ['"x"', 'application/json', 400, 'request.invalid_json'],
  ['{', 'application/json', 400, 'request.invalid_json'],
  ['', 'application/json', 400, 'config.empty'],
  ['{"__proto__":{"x":1}}', 'application/json', 400, 'config.invalid'],
  ['a = 1', 'application/toml', 415, 'request.unsupported_media_type'],
])('refuses the body %j as %s', async (body, type, status, code) => {
  expect(await api.ask('', { method: 'PATCH', body, headers: { 'Content-Type': type } })).toMatchObject({
    status,
    code,
  });
});

it('survives any patch: the file stays valid, the token works, no mask is ever written', async () => {
  const names = ['gateway', 'port', 'host', 'api_key', 'model_providers', 'work', 'paired_tokens', 'reliability', 'x'];
  const key = oneof(constantFrom(...names), string({ maxLength: 4 }));
  const leaf = oneof(
    constantFrom<unknown>(null, true, 0, -1, 1e21, MASK, '', '"', '\n', [], ['a', MASK], [{ a: null }]),
    string({ maxLength: 6, unit: 'binary' }),
  );
  const { patch } = letrec<{ patch: object; value: unknown }>((tie) => ({
    patch: dictionary(key, tie('value'), { maxKeys: 3 }) as Arbitrary<object>,
    value: oneof({ maxDepth: 3 }, leaf, tie('patch')),
  }));
  await assert(
    asyncProperty(patch, async (body) => {
      const { status } = await api.patch(body);

      expect([200, 400]).toContain(status);
      const text = await api.file();
      expect(text).not.toContain(MASK);
      expect(() => parseToml(text)).not.toThrow();
      expect((await api.ask('')).status).toBe(200);
    }),
    { numRuns: 150 },
  );
}, 90_000);
