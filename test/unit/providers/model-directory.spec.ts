import { endpoint } from '../../../src/providers/endpoint';
import { HOSTS } from '../../../src/providers/provider-catalog';
import { providerSettings } from '../../../src/providers/provider-settings';
import { ModelsConfig } from '../../../src/providers/models.config';
import { ReliabilityConfig } from '../../../src/providers/reliability.config';
import { listen, patient, saying, startModels, type ModelsUnderTest } from '../../support/models';

describe('which models there are', () => {
  let under: ModelsUnderTest;
  const start = async (toml: string, env: Record<string, string> = {}) => {
    under = await startModels(toml, { env });
    const { provider, model } = under.models.default;
    return `${provider.id} ${model}`;
  };
  afterEach(() => under.stop());

  it.each<[string, string, Record<string, string>, string]>([
    ['nothing', '', {}, 'echo echo'],
    [
      'a ZeroClaw file without a key',
      'default_provider = "openrouter"\ndefault_model = "anthropic/claude-sonnet-4.6"',
      {},
      'echo echo',
    ],
    ['a key alone', 'api_key = "sk-x"', {}, 'openrouter anthropic/claude-sonnet-4.6'],
    ['a key in the environment', '', { ZEROCLAW_API_KEY: 'sk-x' }, 'openrouter anthropic/claude-sonnet-4.6'],
    ['a generic key', 'default_provider = "groq"', { API_KEY: 'x' }, 'groq llama-3.3-70b-versatile'],
    ["one provider's own variable", '', { OPENAI_API_KEY: 'sk-x' }, 'openai gpt-5.2'],
    ['an empty variable', '', { OPENAI_API_KEY: ' ' }, 'echo echo'],
    ['two variables: the first of the catalogue', '', { GROQ_API_KEY: 'x', OPENAI_API_KEY: 'sk-x' }, 'openai gpt-5.2'],
    [
      'a provider without its key: nobody else gets the conversation',
      'default_provider = "anthropic"',
      { OPENAI_API_KEY: 'sk-x' },
      'echo echo',
    ],
    ['a provider by its alias', 'default_provider = "grok"\napi_key = "x"', {}, 'xai grok-4-1-fast-reasoning'],
    [
      'the other spellings of the keys',
      'model_provider = "openai"\nmodel = "gpt-4o"\napi_key = "x"',
      {},
      'openai gpt-4o',
    ],
    [
      'the environment over the file',
      'default_provider = "openai"\ndefault_model = "m"\napi_key = "x"',
      { ZEROCLAW_PROVIDER: 'groq', ZEROCLAW_MODEL: 'n' },
      'groq n',
    ],
    ['a local server, which needs no key', 'default_provider = "ollama"', {}, 'ollama llama3.2'],
    [
      'a URL of one’s own',
      'default_provider = "custom:http://127.0.0.1:9/v1"\ndefault_model = "m"',
      {},
      'custom:http://127.0.0.1:9/v1 m',
    ],
    [
      'a profile',
      'default_provider = "mine"\n[model_providers.mine]\nbase_url = "http://127.0.0.1:9/v1"\ndefault_model = "m"',
      {},
      'mine m',
    ],
    [
      'a profile that takes over a known host',
      'default_provider = "work"\n[model_providers.work]\nname = "openai"',
      { OPENAI_API_KEY: 'x' },
      'work gpt-5.2',
    ],
    [
      'a hint',
      'default_provider = "ollama"\ndefault_model = "hint:fast"\n[[model_routes]]\nhint = "fast"\nprovider = "groq"\nmodel = "m"\napi_key = "x"',
      {},
      'groq m',
    ],
    ['a host whose protocol is not spoken', 'default_provider = "bedrock"', {}, 'echo echo'],
    ['the echo model by name', 'default_provider = "echo"', {}, 'echo echo'],
  ])('%s', async (_, toml, env, expected) => {
    expect(await start(toml, env)).toBe(expected);
    expect(under.models.configured).toBe(!expected.startsWith('echo'));
  });

  it('resolves zeroclaw and the default model to the default itself', async () => {
    await start('default_provider = "ollama"\ndefault_model = "qwen3"');
    expect(under.models.resolve('zeroclaw')).toBe(under.models.default);
    expect(under.models.resolve('qwen3')).toBe(under.models.default);
    expect(under.models.resolve('ollama/qwen3')).not.toBe(under.models.default);
  });

  it('resolves provider/model for configured providers only', async () => {
    await start(
      `default_provider = "custom:http://127.0.0.1:9/v1"
       [model_providers.mine]
       base_url = "http://127.0.0.1:9/v1"
       [[model_routes]]
       hint = "fast"
       provider = "mine"
       model = "small"
       max_tokens = 7`,
      { XAI_API_KEY: 'x' },
    );
    const resolve = (name: string) => {
      const found = under.models.resolve(name);
      return found && `${found.provider.id} ${found.model}`;
    };
    expect(resolve('mine/a/b')).toBe('mine a/b');
    expect(resolve('xai/grok-9')).toBe('xai grok-9');
    expect(resolve('grok/grok-9')).toBe('xai grok-9');
    expect(resolve('custom:http://127.0.0.1:9/v1/m')).toBe('custom:http://127.0.0.1:9/v1 m');
    expect(resolve('hint:fast')).toBe('mine small');
    expect(under.models.resolve('hint:fast')).toMatchObject({ maxTokens: 7 });
    for (const unknown of [
      'openai/gpt-5.2',
      'hint:slow',
      'gpt-5.2',
      'echo/echo',
      '',
      '/',
      '__proto__/x',
      'constructor/x',
    ]) {
      expect(resolve(unknown)).toBeUndefined();
    }
  });

  it('lists zeroclaw and every model that the configuration names', async () => {
    await start(
      `default_provider = "ollama"
       default_model = "a"
       [reliability]
       fallback_providers = ["mine"]
       model_fallbacks = { a = ["b"], mine = ["c"] }
       [model_providers.mine]
       base_url = "http://127.0.0.1:9/v1"
       default_model = "d"`,
    );
    const ids = under.models.list().map(({ id }) => id);
    expect(ids[0]).toBe('zeroclaw');
    expect(ids).toEqual(expect.arrayContaining(['ollama/a', 'ollama/b', 'mine/c', 'mine/d']));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers with the echo model, which says that it is one', async () => {
    await start('');
    expect((await listen(under.models.chat(saying('good morning'), patient()))).text).toBe(
      'This is the built-in echo model. You said: good morning',
    );
    expect((await listen(under.models.chat({ ...saying('one two'), maxTokens: 2 }, patient()))).finish).toBe('length');
  });
});

describe('a configuration of models that cannot be meant', () => {
  it.each([
    ['default_provider = "antropic"', /did you mean anthropic/],
    ['default_provider = "custom:nonsense"', /custom:<url>/],
    ['api_url = "ftp://host"', /api_url/],
    ['default_temperature = 3', /default_temperature/],
    ['[reliability]\nmodel_fallbacks = { a = "b" }', /model_fallbacks/],
    ['[reliability]\nfallback_api_keys = { a = 1 }', /fallback_api_keys/],
    ['[model_providers.mine]\nwire_api = "soap"', /wire_api/],
    ['[[model_routes]]\nhint = "x"\nprovider = "y"', /model/],
  ])('refuses %j', async (toml, message) => {
    await expect(startModels(toml)).rejects.toThrow(message);
  });
});

describe('the settings of a provider', () => {
  const sources = (models: Partial<ModelsConfig> = {}, reliability: Partial<ReliabilityConfig> = {}, env = {}) => ({
    models: Object.assign(new ModelsConfig(), models),
    reliability: Object.assign(new ReliabilityConfig(), reliability),
    env,
  });

  it('sends the key of the default provider to nobody else', () => {
    const from = sources({ api_key: 'default' }, { api_keys: ['more'] }, { GROQ_API_KEY: 'groq', API_KEY: 'generic' });
    expect(providerSettings('openai', from, true)).toMatchObject({ keys: ['default', 'more'] });
    expect(providerSettings('groq', from, false)).toMatchObject({ keys: ['groq'] });
    expect(providerSettings('mistral', from, false)).toMatchObject({
      problem: expect.stringContaining('MISTRAL_API_KEY'),
    });
  });

  it('takes the key of a route, a profile and the fallback table before the environment', () => {
    const from = sources({}, { fallback_api_keys: { groq: 'table' } }, { GROQ_API_KEY: 'env' });
    expect(providerSettings('groq', from, false, 'route')).toMatchObject({ keys: ['route'] });
    expect(providerSettings('groq', from, false)).toMatchObject({ keys: ['table'] });
  });

  it('keeps what may be secret in a custom URL out of the id', () => {
    expect(providerSettings('custom:https://user:pass@host.example/v1/?key=secret', sources(), true)).toMatchObject({
      id: 'custom:https://host.example/v1',
    });
  });

  it('needs an address where a host has none of its own', () => {
    expect(providerSettings('cloudflare', sources({ api_key: 'x' }), true)).toMatchObject({
      problem: expect.stringContaining('base URL'),
    });
    expect(
      providerSettings('cloudflare', sources({ api_key: 'x', api_url: 'https://gateway.example/v1/a/b/openai' }), true),
    ).toMatchObject({
      id: 'cloudflare',
    });
  });

  it('knows an address, or that it needs one, and distinct names for every host of the catalogue', () => {
    const names = Object.entries(HOSTS).flatMap(([id, { aliases = [] }]) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    const broken = Object.values(HOSTS).filter(
      ({ baseUrl }) => baseUrl !== undefined && !/^https?:\/\/[^/]+/.test(baseUrl),
    );
    expect(broken).toEqual([]);
  });
});

describe('the address that is called', () => {
  it.each([
    ['https://api.openai.com/v1', '/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['https://host/v1/', '/chat/completions', 'https://host/v1/chat/completions'],
    ['https://host/v1/chat/completions', '/chat/completions', 'https://host/v1/chat/completions'],
    [
      'https://host/openai/deployments/x?api-version=1',
      '/chat/completions',
      'https://host/openai/deployments/x/chat/completions?api-version=1',
    ],
    ['https://host', '/chat/completions', 'https://host/chat/completions'],
    ['https://api.anthropic.com', '/v1/messages', 'https://api.anthropic.com/v1/messages'],
    ['https://host/v1', '/v1/messages', 'https://host/v1/messages'],
    ['https://host/proxy/v1/messages', '/v1/messages', 'https://host/proxy/v1/messages'],
  ] as const)('for %s is %s → %s', (base, path, expected) => {
    expect(endpoint(new URL(base), path).href).toBe(expected);
  });

  it('gets a version where the address of a local server lacks it', () => {
    const models = Object.assign(new ModelsConfig(), { api_url: 'http://10.0.0.5:11434' });
    const settings = providerSettings('ollama', { models, reliability: new ReliabilityConfig(), env: {} }, true);
    expect(settings).toMatchObject({ baseUrl: new URL('http://10.0.0.5:11434/v1') });
  });
});
