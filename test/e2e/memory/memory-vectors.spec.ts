import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryService } from '../../../src/memory/memory.service';
import { VectorBacklog } from '../../../src/memory/vectors/vector-backlog';
import { ConfigService } from '../../../src/platform/config/config.service';
import { FileConfigService } from '../../../src/platform/config/file-config.service';
import type { EmbeddingsHost } from '../../support/embeddings';
import { DIMENSIONS, startEmbeddings } from '../../support/embeddings';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

describe('a memory with embeddings', () => {
  let host: EmbeddingsHost;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let gateway: GatewayUnderTest;

  const toml = (more = '') => `[gateway]\nrequire_pairing = false
[memory]\nembedding_provider = "${host.provider}"\nembedding_dimensions = ${DIMENSIONS}\nembedding_api_key = "sk-embed-0123456789"\n${more}`;
  const start = async (more = '') => {
    gateway = await startGateway({ dir: dir.path, toml: toml(more) });
  };
  const request = async (path: string, init?: RequestInit) => (await fetch(gateway.url + path, init)).json();
  const store = (key: string, content: string, category = 'personal') =>
    request('/api/memory', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key, content, category }),
    });
  const find = async (query: string) => {
    const { entries } = (await request(`/api/memory?query=${encodeURIComponent(query)}`)) as {
      entries: { key: string; score: number }[];
    };
    return entries.filter(({ score }) => score > 0.3).map(({ key }) => key);
  };
  const warnings = async () => ((await request('/health')) as { warnings: string[] }).warnings.join('\n');
  /** Texts that were turned into vectors so far. */
  const embedded = () => host.calls.flatMap(({ input }) => input);
  const isEmbedded = (text: string) => until(() => embedded().some((input) => input.includes(text)));

  beforeEach(async () => {
    host = await startEmbeddings();
    dir = await tempDir();
  });
  afterEach(async () => {
    await gateway.stop();
    await host.stop();
    await dir.remove();
  });

  it('finds what means the same in other words', async () => {
    await start();
    await store('vehicle', 'She got a red bike');
    await store('pet', 'The kitten sleeps');
    await until(async () => (await find('feline')).length > 0);
    expect(await find('feline')).toEqual(['pet']);
    expect(await find('cycling tour')).toEqual(['vehicle']);
    expect(await find('weather')).toEqual([]);
    expect(host.calls[0]).toMatchObject({
      model: 'text-embedding-3-small',
      authorization: 'Bearer sk-embed-0123456789',
    });
  });

  it('finds nothing of anybody else by its meaning', async () => {
    await start();
    const memory = gateway.get(MemoryService);
    await memory.remember({ owner: 'bob' }, { key: 'diary', content: 'my secret kitten', category: 'personal' });
    await memory.remember({ owner: 'local', sessionId: 'a' }, { key: 'here', content: 'cat a', category: 'notes' });
    await isEmbedded('cat a');
    await isEmbedded('my secret kitten');
    await until(async () => (await memory.recall({ owner: 'bob' }, 'feline')).length > 0);
    expect((await memory.recall({ owner: 'local', sessionId: 'b' }, 'feline')).map(({ key }) => key)).toEqual([]);
    expect((await memory.recall({ owner: 'local', sessionId: 'a' }, 'feline')).map(({ key }) => key)).toEqual(['here']);
  });

  it('embeds a question once', async () => {
    await start();
    await store('pet', 'The kitten sleeps');
    await until(async () => (await find('feline')).length > 0);
    await find('feline');
    expect(embedded().filter((text) => text === 'feline')).toHaveLength(1);
  });

  it('stores and finds by words while the host is down, says so without its key, and catches up', async () => {
    host.be('down');
    await start();
    expect(await store('pet', 'The kitten sleeps')).toEqual({ status: 'ok' });
    expect(await find('kitten')).toEqual(['pet']);
    await until(async () => (await warnings()).includes('503'));
    expect(await warnings()).toContain('found by words only');
    expect(await warnings()).not.toContain('sk-embed');
    host.be('fine');
    gateway.get(VectorBacklog).wake();
    await until(async () => !(await warnings()).includes('vectors'));
    expect(embedded().filter((text) => text === 'pet: The kitten sleeps').length).toBeGreaterThan(1);
  });

  it('waits neither for a silent host when it stores nor long when it searches', async () => {
    await start();
    await store('tea', 'green tea');
    await isEmbedded('green tea');
    host.be('silent');
    expect(await store('pet', 'The kitten sleeps')).toEqual({ status: 'ok' });
    const started = performance.now();
    expect(await find('kitten')).toContain('pet');
    expect(performance.now() - started).toBeLessThan(10_000);
    const asked = host.calls.length;
    expect(await find('other kitten')).toContain('pet');
    expect(embedded().slice(asked)).not.toContain('other kitten');
  });

  it('gives entries their vectors that were stored before a restart', async () => {
    host.be('down');
    await start();
    await store('pet', 'The kitten sleeps');
    await gateway.stop();
    host.be('fine');
    await start();
    await until(async () => (await find('feline')).length > 0);
    expect(await find('feline')).toEqual(['pet']);
  });

  it('makes the vectors anew for another model', async () => {
    await start();
    await store('pet', 'The kitten sleeps');
    await until(async () => (await find('feline')).length > 0);
    await writeFile(join(dir.path, 'config.toml'), toml('embedding_model = "other"'), { mode: 0o600 });
    await (gateway.get(ConfigService) as FileConfigService).reload();
    await until(() =>
      host.calls.some(({ model, input }) => model === 'other' && input.includes('pet: The kitten sleeps')),
    );
    await until(async () => (await find('feline')).length > 0);
  });

  it('passes over a text that the host refuses', async () => {
    host.be('picky');
    await start();
    await store('bad', 'poison');
    await store('pet', 'The kitten sleeps');
    await until(async () => (await find('feline')).length > 0);
    expect(await find('poison')).toEqual(['bad']);
    await until(async () => !(await warnings()).includes('vectors'));
  });

  it('names the key of the configuration when the vectors have another size', async () => {
    host.be('strange');
    await start();
    await store('pet', 'The kitten sleeps');
    await until(async () => (await warnings()).includes('embedding_dimensions'));
    expect(await find('kitten')).toEqual(['pet']);
  });

  it('replaces the vector with the content', async () => {
    await start();
    await store('thing', 'a kitten');
    await until(async () => (await find('feline')).length > 0);
    await store('thing', 'a bicycle');
    await until(async () => (await find('cycling')).length > 0);
    expect(await find('feline')).toEqual([]);
  });
});
