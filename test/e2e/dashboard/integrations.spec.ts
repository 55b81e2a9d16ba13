import { parseToml } from '../../../src/platform/config/toml-document';
import { HOSTS } from '../../../src/providers/provider-catalog';
import { ConfigClient } from '../../support/config-api';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';

interface Integration {
  id: string;
  name: string;
  category: string;
  status: string;
  configured: boolean;
  fields: { key: string; has_value: boolean; masked_value?: string | null; current_value?: string; from?: string }[];
}

/** Of the reference's list: what clients look for by name. */
const NAMES: Record<string, string> = {
  Chat: 'Telegram,Discord,Slack,WhatsApp,Signal,Matrix,Email,Nextcloud Talk,Webhooks,iMessage,LINE,WebChat',
  AiModel:
    'OpenRouter,Google,DeepSeek,xAI,Mistral,Anthropic,OpenAI,Ollama,Perplexity,Venice,Vercel AI,Cloudflare AI,Moonshot,StepFun,Synthetic,OpenCode Zen,Z.AI,GLM,MiniMax,Qwen,Amazon Bedrock,Qianfan,Volcengine ARK,SiliconFlow,Groq,Together AI,Fireworks AI,Cohere,Hugging Face,LM Studio',
  Productivity: 'GitHub,Notion,Linear',
  MusicAudio: 'Spotify',
  SmartHome: 'Home Assistant',
  ToolsAutomation: 'Shell,File System,Browser,Cron',
  MediaCreative: 'Image Gen',
  Social: 'Twitter/X',
  Platform: 'macOS,Linux,Windows,iOS,Android',
};

let gateway: GatewayUnderTest;
const api = new ConfigClient(() => gateway);

const start = async (toml: string, env: Record<string, string> = {}) => {
  gateway = await startGateway({ toml, env });
  await api.content();
};
afterEach(() => gateway.stop());

const json = async (path: string, init = {}) => (await gateway.fetch(path, init)).json() as Promise<never>;
const list = async () => ((await json('/api/integrations')) as { integrations: Integration[] }).integrations;
const settings = () =>
  json('/api/integrations/settings') as Promise<{
    revision: string;
    active_default_provider_integration_id: string | null;
    integrations: Integration[];
  }>;
const of = async (id: string) => (await settings()).integrations.find((one) => one.id === id);
const put = async (id: string, body: unknown) => {
  const response = await gateway.fetch(`/api/integrations/${id}/credentials`, { json: body, method: 'PUT' });
  return { ...((await response.json()) as Record<string, unknown>), status: response.status };
};
const tree = async () => parseToml(await api.file()).tree;

describe('GET /api/integrations', () => {
  it('has every name of the reference, in its category, once', async () => {
    await start('default_provider = "echo"\n');
    const found = await list();

    for (const [category, names] of Object.entries(NAMES))
      for (const name of names.split(','))
        expect(found.filter((one) => one.name === name)).toEqual([expect.objectContaining({ category })]);
    expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
    expect(found.filter(({ category }) => category === 'AiModel').length).toBe(Object.keys(HOSTS).length + 1);
  });

  it('is honest: active is what is in use, available what the gateway serves', async () => {
    await start(
      'default_provider = "anthropic"\napi_key = "k"\n[channels_config.github]\nwebhook_secret = "s"\naccess_token = "t"\n[channels_config.telegram]\n',
      { GROQ_API_KEY: 'g' },
    );
    const statuses = Object.fromEntries((await list()).map(({ name, status }) => [name, status]));

    expect(statuses).toMatchObject({
      Anthropic: 'Active',
      Groq: 'Active',
      OpenAI: 'Available',
      'Hugging Face': 'Available',
      GitHub: 'Active',
      Telegram: 'Available',
      WhatsApp: 'Available',
      Discord: 'ComingSoon',
      'Amazon Bedrock': 'ComingSoon',
      Notion: 'ComingSoon',
      Webhooks: 'Active',
      Shell: 'Active',
      Browser: 'ComingSoon',
    });
  });
});

describe('GET /api/integrations/settings', () => {
  it('knows the key and the model of each host, and shows no key', async () => {
    await start('default_provider = "openai"\napi_key = "sk-mine"\ndefault_model = "gpt-4o"\n', {
      GROQ_API_KEY: 'gsk',
    });
    const told = await settings();

    expect(told).toMatchObject({
      revision: expect.stringMatching(/^[\w-]{32}$/),
      active_default_provider_integration_id: 'openai',
    });
    expect(await of('openai')).toMatchObject({
      configured: true,
      activates_default_provider: false,
      fields: [
        { key: 'api_key', has_value: true, masked_value: '***MASKED***', from: 'config', input_type: 'secret' },
        { key: 'default_model', has_value: true, current_value: 'gpt-4o', input_type: 'select' },
      ],
    });
    expect(await of('groq')).toMatchObject({ configured: true, fields: [{ from: 'environment' }, {}] });
    expect(await of('anthropic')).toMatchObject({ configured: false, fields: [{ has_value: false }, {}] });
    expect(await of('discord')).toMatchObject({ configured: false, fields: [] });
    expect(JSON.stringify(told)).not.toMatch(/sk-mine|gsk/);
  });
});

describe('PUT /api/integrations/:id/credentials', () => {
  it('makes the first provider the default one', async () => {
    await start('# empty\n');

    const answer = await put('anthropic', { fields: { api_key: 'sk-ant', default_model: 'claude-opus-4-6' } });

    expect(answer).toMatchObject({ status: 200, provider: 'anthropic', activated: true });
    expect(await tree()).toMatchObject({
      default_provider: 'anthropic',
      default_model: 'claude-opus-4-6',
      model_providers: { anthropic: { api_key: 'sk-ant' } },
    });
    expect(await json('/api/status')).toMatchObject({ provider: 'anthropic', model: 'claude-opus-4-6' });
    expect(answer).toHaveProperty('revision', (await settings()).revision);
  });

  it('gives another provider its own key, and leaves the default one alone', async () => {
    await start('default_provider = "openai" # ours\napi_key = "sk-open"\ndefault_model = "gpt-4o"\n');

    expect(await put('google', { fields: { api_key: 'AIza', default_model: 'gemini-x' } })).toMatchObject({
      status: 200,
      activated: false,
    });

    expect(await tree()).toMatchObject({
      default_provider: 'openai',
      api_key: 'sk-open',
      default_model: 'gpt-4o',
      model_providers: { gemini: { api_key: 'AIza', default_model: 'gemini-x' } },
    });
    expect(await json('/api/status')).toMatchObject({ provider: 'openai', model: 'gpt-4o' });
    expect(await of('google')).toMatchObject({ status: 'Active', configured: true });
  });

  it('activates when asked, and no host gets the key or the model of another', async () => {
    await start(
      'default_provider = "openai"\napi_key = "sk-open"\napi_url = "https://proxy/v1"\ndefault_model = "gpt-4o"\n',
    );

    expect(await put('groq', { fields: { api_key: 'gsk' }, activate: true })).toMatchObject({ activated: true });

    const after = await tree();
    expect(after).toMatchObject({
      default_provider: 'groq',
      model_providers: { groq: { api_key: 'gsk' }, openai: { api_key: 'sk-open', base_url: 'https://proxy/v1' } },
    });
    for (const key of ['api_key', 'api_url', 'default_model']) expect(after).not.toHaveProperty(key);
    expect(await json('/api/status')).toMatchObject({ provider: 'groq', model: HOSTS['groq']?.defaultModel });
  });

  it('refuses to activate where further keys belong to the present default', async () => {
    await start('default_provider = "openai"\n[reliability]\napi_keys = ["a", "b"]\n');

    expect(await put('groq', { fields: { api_key: 'gsk' }, activate: true })).toMatchObject({
      status: 409,
      code: 'integrations.cannot_activate',
    });
    expect(await tree()).not.toHaveProperty('model_providers');
  });

  it('lets one of two win that have read the same revision', async () => {
    await start('default_provider = "openai"\n');
    const { revision } = await settings();

    const answers = await Promise.all(
      ['a', 'b', 'c'].map((key) => put('openai', { revision, fields: { api_key: `sk-${key}` } })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const present = (await settings()).revision;
    expect(answers.filter(({ status }) => status === 409)).toMatchObject([
      { code: 'integrations.changed_meanwhile', revision: present },
      { revision: present },
    ]);
    expect(await put('openai', { revision: 'v1', fields: {} })).toMatchObject({ status: 409 });
  });

  it.each([
    ['an empty key', { fields: { api_key: '', default_model: ' ' } }],
    ['the mask', { fields: { api_key: '***MASKED***' } }],
    ['other types', { fields: { api_key: 5, default_model: null } }],
    ['no fields', {}],
  ])('changes nothing for %s', async (_, body) => {
    await start('default_provider = "openai"\napi_key = "sk"\n');
    const before = await api.file();

    expect(await put('openai', body)).toMatchObject({ status: 200, changed: [] });
    expect(await api.file()).toBe(before);
  });

  it('writes no key for a host that needs none', async () => {
    await start('default_provider = "openai"\napi_key = "sk"\n');

    await put('ollama', { fields: { api_key: 'x', default_model: 'llama3.2' } });

    expect(await tree()).toMatchObject({ model_providers: { ollama: { default_model: 'llama3.2' } } });
    expect(await api.file()).not.toContain('"x"');
  });

  it.each([
    ['discord', { fields: {} }, 'integrations.unsupported'],
    ['amazon-bedrock', { fields: { api_key: 'x' } }, 'integrations.unsupported'],
    ['no-such', { fields: {} }, 'integrations.unsupported'],
    ['openai', { fields: { api_key: 'two words' } }, 'integrations.invalid_field'],
    ['openai', { fields: { api_key: 'line\nbreak' } }, 'integrations.invalid_field'],
    ['openai', { fields: { default_model: 'ü' } }, 'integrations.invalid_field'],
    ['openai', [], 'request.invalid_json'],
  ])('refuses %s %j', async (id, body, code) => {
    await start('default_provider = "echo"\n');

    expect(await put(id, body)).toMatchObject({ status: 400, code });
  });
});
