import { readdirSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseToml } from '../../../src/platform/config/toml-document';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { tempDir } from '../../support/temp-dir';

/** Root may write everything, so its gateway runs as nobody. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined;

let dir: Awaited<ReturnType<typeof tempDir>>;
let gateway: GatewayProcess | undefined;

beforeEach(async () => (dir = await tempDir()));
afterEach(async () => {
  if (gateway?.child.exitCode === null && gateway.child.signalCode === null) await gateway.kill('SIGKILL');
  gateway = undefined;
  await chmod(dir.path, 0o700);
  await dir.remove();
});

async function pair({ url, code }: GatewayProcess): Promise<string> {
  const answer = await fetch(`${url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code() ?? '' } });
  return ((await answer.json()) as { token: string }).token;
}

describe('a configuration that cannot be written', () => {
  const TEXT = '# from the cluster\ndefault_provider = "echo"\napi_key = "sk-mounted"\n';

  const data = () => join(dir.path, 'data');

  async function makeData(): Promise<void> {
    await mkdir(data());
    if (NOBODY !== undefined) await chown(data(), NOBODY, NOBODY);
  }

  async function start(): Promise<string> {
    gateway = await spawnGateway({ dir: dir.path, uid: NOBODY, env: { HOME: data() } });
    return pair(gateway);
  }

  it.each([
    [
      'a read-only folder, as of a ConfigMap',
      async () => {
        await mkdir(join(dir.path, '..2026'));
        await writeFile(join(dir.path, '..2026', 'config.toml'), TEXT);
        await symlink('..2026', join(dir.path, '..data'));
        await symlink(join('..data', 'config.toml'), join(dir.path, 'config.toml'));
        await chmod(join(dir.path, '..2026'), 0o555);
      },
      async () => chmod(dir.path, 0o555),
    ],
    [
      'a read-only file in a folder that is not',
      async () => {
        await writeFile(join(dir.path, 'config.toml'), TEXT);
        await chmod(join(dir.path, 'config.toml'), 0o444);
      },
      async () => chmod(dir.path, 0o777),
    ],
  ])(
    'is shown, and 409 says why: %s',
    async (_, prepare, lock) => {
      await prepare();
      await makeData();
      await lock();
      const token = await start();
      const ask = async (method: string, path = '', body?: string) => {
        const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/merge-patch+json' };
        const answer = await fetch(`${gateway?.url}/api/config${path}`, { method, headers, ...(body && { body }) });
        return { ...((await answer.json()) as { content: string }), status: answer.status };
      };

      const shown = await ask('GET');
      expect(shown).toMatchObject({ writable: false, reason: expect.stringMatching(/cannot be written \(E\w+\)/) });
      expect(shown.content).toContain('# from the cluster');
      const refused = { status: 409, code: 'config.not_writable', error: expect.stringContaining('cannot be written') };
      expect(await ask('PUT', '', shown.content.replace('"echo"', '"openai"'))).toMatchObject(refused);
      expect(await ask('PATCH', '', '{"default_provider":"openai"}')).toMatchObject(refused);
      expect(await ask('POST', '/check', shown.content)).toMatchObject({ status: 200, ok: true });
      expect(await readFile(join(dir.path, 'config.toml'), 'utf8')).toContain(
        'default_provider = "echo"\napi_key = "sk-mounted"',
      );
    },
    60_000,
  );
});

it('is the old or the new one, whole, when the process is killed while it writes', async () => {
  const text = (letter: string) =>
    `# ${letter.repeat(300_000)}\ndefault_provider = "echo"\n[audit]\nretention_days = 7\n`;
  await writeFile(join(dir.path, 'config.toml'), text('o'), { mode: 0o600 });
  let token: string | undefined;
  for (let round = 0; round < 3; round++) {
    gateway = await spawnGateway({ dir: dir.path });
    const { url } = gateway;
    const headers = { Authorization: `Bearer ${(token ??= await pair(gateway))}` };
    // Its first write waits for the lock that the killed one has left behind.
    const first = await fetch(`${url}/api/config`, { method: 'PUT', headers, body: text('f') });
    expect(first.status).toBe(200);
    const writes = ['a', 'b', 'c', 'd'].map((letter) =>
      fetch(`${url}/api/config`, { method: 'PUT', headers, body: text(letter) }).then(
        (answer) => (answer.status === 200 ? letter : undefined),
        () => undefined,
      ),
    );
    await temporaryFile();
    await gateway.kill('SIGKILL');
    const acknowledged = (await Promise.all(writes)).filter(Boolean);

    const after = await readFile(join(dir.path, 'config.toml'), 'utf8');
    const [, letters = ''] = /^# (\w+)\n/.exec(after) ?? [];
    expect(letters).toHaveLength(300_000);
    expect(new Set(letters).size).toBe(1);
    // What was acknowledged is in the file, or was replaced by one that came after it.
    expect(['a', 'b', 'c', 'd', ...(acknowledged.length > 0 ? [] : ['f'])]).toContain(letters[0]);
    expect(parseToml(after).tree).toMatchObject({
      audit: { retention_days: 7 },
      gateway: { paired_tokens: [expect.stringMatching(/^[0-9a-f]{64}$/)] },
    });
  }
}, 120_000);

/** Resolves as soon as a text is being written: it is not in place yet. */
async function temporaryFile(): Promise<void> {
  const end = performance.now() + 20_000;
  while (!readdirSync(dir.path).some((name) => /^config\.toml\.\d/.test(name))) {
    if (performance.now() > end) throw new Error(`nothing is written: ${readdirSync(dir.path).join(' ')}`);
    await new Promise(setImmediate);
  }
}
