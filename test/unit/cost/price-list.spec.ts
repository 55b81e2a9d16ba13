import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CostConfig } from '../../../src/cost/cost.config';
import { PriceList } from '../../../src/cost/price-list';
import { loadConfig } from '../../../src/platform/config/load-config';
import { ModelsConfig } from '../../../src/providers/models.config';
import { TestClock } from '../../support/test-clock';
import { tempDir } from '../../support/temp-dir';

const MILLION = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe('the price list', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => void (dir = await tempDir()));
  afterEach(() => dir.remove());

  async function list(toml = '') {
    const write = (text: string) => writeFile(join(dir.path, 'config.toml'), text, { mode: 0o600 });
    await write(toml);
    const config = await loadConfig({ sections: [CostConfig, ModelsConfig], configDir: dir.path, env: {} });
    const prices = new PriceList(config, new TestClock());
    await prices.load();
    const reload = async (text: string) => {
      await write(text);
      await config.reload();
    };
    return {
      prices,
      reload,
      usd: (provider: string, model: string) => prices.rate(provider, model).nano(MILLION) / 1e9,
    };
  }

  it('knows the vendors, also behind aliases, resellers and names of the operator', async () => {
    const { usd } = await list(
      '[model_providers.work]\nname = "openai"\n[model_providers.proxy]\nbase_url = "http://p/v1"\n',
    );

    expect(usd('openai', 'gpt-4o')).toBe(12.5);
    expect(usd('work', 'gpt-4o')).toBe(12.5);
    expect(usd('proxy', 'gpt-4o')).toBe(12.5);
    expect(usd('openrouter', 'anthropic/claude-sonnet-4.6')).toBe(18);
    expect(usd('gemini', 'gemini-2.0-flash')).toBeCloseTo(0.5);
  });

  it('prices an unknown model like a large one and says that it guessed', async () => {
    const { prices, usd } = await list();

    expect(usd('somewhere', 'nothing-1')).toBe(18);
    expect(prices.rate('somewhere', 'nothing-1').known).toBe(false);
    expect(prices.rate('openai', 'gpt-4o').known).toBe(true);
  });

  it.each(['echo', 'ollama', 'vllm', 'lmstudio'])('takes nothing for %s', async (provider) => {
    const { usd, prices } = await list();

    expect(usd(provider, 'gpt-4o')).toBe(0);
    expect(prices.rate(provider, 'anything').known).toBe(true);
  });

  it('takes nothing for a local host under a name of the operator', async () => {
    const { usd } = await list('[model_providers.box]\nname = "ollama"\nbase_url = "http://box:11434"\n');

    expect(usd('box', 'llama3')).toBe(0);
  });

  it('lets prices of the operator go first, the more exact name before the other', async () => {
    const { usd, reload } = await list(
      '[cost.prices."gpt-4o"]\ninput = 1\noutput = 1\n[cost.prices."work/gpt-4o"]\ninput = 2\noutput = 3\n',
    );
    expect(usd('work', 'gpt-4o')).toBe(5);
    expect(usd('openai', 'gpt-4o')).toBe(2);
    expect(usd('ollama', 'gpt-4o')).toBe(2);

    await reload('[cost.prices."openai/gpt-4o"]\ninput = 7\noutput = 0\n');
    expect(usd('openai', 'gpt-4o')).toBe(7);
  });

  it('knows what cached input costs', async () => {
    const { prices } = await list(
      '[cost.prices."a/b"]\ninput = 10\noutput = 0\ncached = 1\n[cost.prices."a/c"]\ninput = 10\noutput = 0\n',
    );
    const usage = { inputTokens: 1_000, outputTokens: 0, cachedInputTokens: 400 };

    expect(prices.rate('a', 'b').nano(usage)).toBe(6_400_000);
    expect(prices.rate('a', 'c').nano(usage)).toBe(10_000_000);
    expect(prices.rate('openai', 'gpt-4o').nano(usage)).toBe(2_000_000);
    expect(prices.rate('openai', 'gpt-4o').nano({ ...usage, cachedInputTokens: 5_000 })).toBe(1_250_000);
  });

  it('follows a price that depends on the length of the question', async () => {
    const { prices } = await list();
    const { nano } = prices.rate('gemini', 'gemini-2.5-pro');

    expect(nano({ inputTokens: 1_000, outputTokens: 0 })).toBe(1_250_000);
    expect(nano({ inputTokens: 1_000_000, outputTokens: 0 })).toBeGreaterThan(1_250_000_000);
  });

  it.each([
    ['a negative price', '[cost.prices."a/b"]\ninput = -1\n'],
    ['a negative limit', '[cost]\ndaily_limit_usd = -1\n'],
    ['more than all of a limit', '[cost]\nwarn_at_percent = 101\n'],
    ['a reserve of more than everything', '[cost.enforcement]\nreserve_percent = 101\n'],
    ['an unknown mode', '[cost.enforcement]\nmode = "panic"\n'],
    ['no cheaper model', '[cost.enforcement]\nroute_down_model = ""\n'],
  ])('refuses %s', async (_, toml) => {
    await expect(list(toml)).rejects.toThrow(/cost\./);
  });
});
