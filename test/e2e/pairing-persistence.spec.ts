import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PairingService } from '../../src/pairing/pairing.service';
import { startGateway } from '../support/gateway';
import type { GatewayTestOptions, GatewayUnderTest } from '../support/gateway';
import { pairWith, postPair } from '../support/pairing-client';
import { tempDir } from '../support/temp-dir';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const idOf = (token: string) => hashOf(token).slice(0, 16);

describe('what pairing leaves behind', () => {
  let gateway: GatewayUnderTest;
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let file: string;

  const start = async (options: GatewayTestOptions = {}) => {
    gateway = await startGateway({ dir: folder.path, ...options });
  };
  const restart = async (options: GatewayTestOptions = {}) => {
    await gateway.stop();
    await start(options);
  };
  const status = async (token: string) => (await gateway.fetch('/api/pairing/devices', { token })).status;
  const list = async (token: string) => {
    const response = await gateway.fetch('/api/pairing/devices', { token });
    return ((await response.json()) as { devices: Record<string, unknown>[] }).devices;
  };
  const aside = () => `${folder.path}.aside`;
  /** A file where the folder was: nobody can write there, not even root. */
  const blockFolder = async () => {
    await rename(folder.path, aside());
    await writeFile(folder.path, '');
  };
  const unblockFolder = async () => {
    await rm(folder.path);
    await rename(aside(), folder.path);
  };
  const toml = () => readFile(file, 'utf8');

  beforeEach(async () => {
    folder = await tempDir();
    file = join(folder.path, 'config.toml');
  });
  afterEach(async () => {
    await gateway.stop();
    await folder.remove();
  });

  it('keeps tokens, names, rights and times over a restart, and shows no code then', async () => {
    await start();
    const admin = await pairWith(gateway, { name: 'laptop' });
    const reader = await pairWith(gateway, { name: 'display', scopes: ['read'], tokenDays: 3 });
    const before = await list(reader);
    await restart();

    expect(gateway.get(PairingService).startupCode()).toBeUndefined();
    expect(await status(admin)).toBe(200);
    const after = await list(reader);
    expect(
      after.map(({ id, name, scopes, created_at, expires_at }) => ({ id, name, scopes, created_at, expires_at })),
    ).toEqual(
      expect.arrayContaining(
        before.map(({ id, name, scopes, created_at, expires_at }) => ({ id, name, scopes, created_at, expires_at })),
      ),
    );
    const codes = await gateway.fetch('/api/pairing/codes', { json: {}, token: reader });
    expect(codes.status).toBe(403);
  });

  it('remembers when a device was last seen', async () => {
    await start();
    const token = await pairWith(gateway);
    const [seen] = await list(token);
    const other = await pairWith(gateway);
    await restart();
    const device = (await list(other)).find(({ id }) => id === idOf(token));
    expect(device?.['last_seen_at']).toBe(seen?.['last_seen_at']);
  });

  it('writes nothing but hashes, and leaves comments and unknown keys of config.toml alone', async () => {
    const text = '# ours\n[gateway] # the door\nport = 0 # any\n\n[somebody.elses]\nkey = "kept" # too\n';
    await start({ toml: text });
    const first = await pairWith(gateway);
    const second = await pairWith(gateway);

    const written = await toml();
    for (const line of text.split('\n')) expect(written).toContain(line);
    for (const token of [first, second]) {
      expect(written).toContain(hashOf(token));
      expect(written).not.toContain(token.slice('zcl_live_'.length));
    }
  });

  it('takes over the tokens of a ZeroClaw config.toml: hashes as they are, tokens in the clear by their hash', async () => {
    const [hashed, clear] = [`zc_${'a1'.repeat(32)}`, `zc_${'b2'.repeat(32)}`];
    await start({ toml: `[gateway]\npaired_tokens = [\n  "${hashOf(hashed)}", # phone\n  "${clear}",\n]\n` });

    expect(gateway.get(PairingService).startupCode()).toBeUndefined();
    expect(await status(hashed)).toBe(200);
    expect(await status(clear)).toBe(200);
    expect((await list(clear))[0]).toMatchObject({
      id: idOf(clear),
      created_at: null,
      paired_by: null,
      scopes: ['chat', 'read', 'admin'],
    });
    const written = await toml();
    expect(written).toContain(hashOf(clear));
    expect(written).not.toContain(clear);
    await restart();
    expect(await status(clear)).toBe(200);
  });

  it('takes over tokens that ZeroClaw encrypted, and can revoke them', async () => {
    const [kept, lost] = [`zc_${'c3'.repeat(32)}`, `zc_${'d4'.repeat(32)}`];
    const key = randomBytes(32);
    await writeFile(join(folder.path, '.secret_key'), key.toString('hex'));
    const [sealedKept, sealedLost] = [seal(hashOf(kept), key), seal(hashOf(lost), key)];
    await start({ toml: `[gateway]\npaired_tokens = ["${sealedKept}", "${sealedLost}"]\n` });

    expect(await status(kept)).toBe(200);
    expect(await status(lost)).toBe(200);
    await gateway.fetch(`/api/pairing/devices/${idOf(lost)}`, { method: 'DELETE', token: kept });
    expect(await toml()).toContain(sealedKept);
    expect(await toml()).not.toContain(sealedLost);
    await restart();
    expect(await status(kept)).toBe(200);
    expect(await status(lost)).toBe(401);
  });

  it('revokes what an operator takes out of config.toml, without a restart', async () => {
    await start();
    const [kept, removed] = [await pairWith(gateway), await pairWith(gateway)];
    const entry = new RegExp(`["']${hashOf(removed)}["'],?`);
    await writeFile(file, (await toml()).replace(entry, ''));
    await eventually(async () => (await status(removed)) === 401);
    expect(await status(kept)).toBe(200);
  });

  it('keeps the rights of a device whose line is taken out and put back', async () => {
    await start();
    const [admin, chat] = [await pairWith(gateway), await pairWith(gateway, { scopes: ['chat'] })];
    const before = await toml();
    await writeFile(file, before.replace(new RegExp(`["']${hashOf(chat)}["'],?`), ''));
    await eventually(async () => (await status(chat)) === 401);
    await writeFile(file, before);
    await eventually(async () => (await status(chat)) === 403);
    expect(await status(admin)).toBe(200);
  });

  it('does not bring a revoked token back with an older config.toml', async () => {
    await start();
    const [admin, lost] = [await pairWith(gateway), await pairWith(gateway)];
    const backup = await toml();
    await gateway.fetch(`/api/pairing/devices/${idOf(lost)}`, { method: 'DELETE', token: admin });
    expect(await toml()).not.toContain(hashOf(lost));
    await gateway.stop();
    await writeFile(file, backup);
    await start();
    expect(await status(lost)).toBe(401);
    expect(await status(admin)).toBe(200);
  });

  it('--new-pairing makes every token and code worthless and gives a code', async () => {
    await start();
    const token = await pairWith(gateway);
    const pairing = gateway.get(PairingService);
    const { code: issued } = await pairing.issueCode();
    const code = await pairing.reset();

    expect(pairing.startupCode()).toBe(code);
    expect(await status(token)).toBe(401);
    expect(await toml()).not.toContain(hashOf(token));
    expect((await postPair(gateway.url, issued)).status).toBe(403);
    expect((await postPair(gateway.url, code)).status).toBe(200);
  });

  it('invalidates the startup code of an earlier start', async () => {
    await start();
    const old = gateway.get(PairingService).startupCode() ?? '';
    await restart();
    const fresh = gateway.get(PairingService).startupCode() ?? '';
    expect(fresh).not.toBe(old);
    expect((await postPair(gateway.url, old)).status).toBe(403);
    expect((await postPair(gateway.url, fresh)).status).toBe(200);
  });

  it('invalidates it also when a token has turned up in the meantime', async () => {
    await start();
    const old = gateway.get(PairingService).startupCode();
    await restart({ env: { ZEROCLAW_GATEWAY_TOKEN: 'made-by-the-deployment-0123456789abcdef' } });
    expect((await postPair(gateway.url, old)).status).toBe(403);
  });

  describe('when config.toml cannot be written', () => {
    let data: Awaited<ReturnType<typeof tempDir>>;
    beforeEach(async () => {
      data = await tempDir();
      await start({ toml: `[storage]\ndata_dir = ${JSON.stringify(data.path)}\n` });
    });
    afterEach(() => data.remove());

    it('pairs for this process only and says so', async () => {
      const code = gateway.get(PairingService).startupCode();
      await blockFolder();
      const { status: answered, body } = await postPair(gateway.url, code);
      const token = String(body['token']);
      expect(answered).toBe(200);
      expect(body).toEqual({
        paired: true,
        persisted: false,
        token,
        message: expect.stringContaining('config.toml could not be written'),
      });
      expect(await status(token)).toBe(200);
      await unblockFolder();
      await restart();
      expect(await status(token)).toBe(401);
      expect(gateway.get(PairingService).startupCode()).toBeDefined();
    });

    it('revokes nevertheless, answers 500 with what to do, and still refuses the token after a restart', async () => {
      const [admin, lost] = [await pairWith(gateway), await pairWith(gateway)];
      await blockFolder();
      const response = await gateway.fetch(`/api/pairing/devices/${idOf(lost)}`, { method: 'DELETE', token: admin });
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({
        code: 'pairing.not_persisted',
        error: expect.stringMatching(`^Failed to persist pairing state: .*${idOf(lost)}`),
      });
      expect(await status(lost)).toBe(401);
      await unblockFolder();
      expect(await toml()).toContain(hashOf(lost));
      await restart();
      expect(await status(lost)).toBe(401);
      expect(await status(admin)).toBe(200);
    });
  });

  describe('a token from the environment', () => {
    const token = 'made-by-the-deployment-0123456789abcdef';
    const env = { ZEROCLAW_GATEWAY_TOKEN: token };

    it('is valid from the start, listed, and written nowhere', async () => {
      await start({ env });
      expect(gateway.get(PairingService).startupCode()).toBeUndefined();
      expect(await list(token)).toEqual([
        expect.objectContaining({ id: idOf(token), paired_by: 'environment', scopes: ['chat', 'read', 'admin'] }),
      ]);
      const other = await pairWith(gateway);
      expect(await toml()).not.toContain(hashOf(token));
      await restart();
      expect(await status(token)).toBe(401);
      expect(await status(other)).toBe(200);
    });

    it('can come from a mounted file', async () => {
      const path = join(folder.path, 'token');
      await writeFile(path, `${token}\n`);
      await start({ env: { ZEROCLAW_GATEWAY_TOKEN_FILE: path } });
      expect(await status(token)).toBe(200);
    });

    it('survives --new-pairing, but not its own revocation', async () => {
      await start({ env });
      const code = await gateway.get(PairingService).reset();
      expect(await status(token)).toBe(200);
      const other = String((await postPair(gateway.url, code)).body['token']);
      const response = await gateway.fetch(`/api/pairing/devices/${idOf(token)}`, { method: 'DELETE', token: other });
      expect(response.status).toBe(200);
      await restart({ env });
      expect(await status(token)).toBe(401);
      expect(await status(other)).toBe(200);
    });

    it.each(['too-short', `has blanks in it ${'x'.repeat(32)}`])(
      'stops the start when it is weak: %s',
      async (weak) => {
        await start();
        await expect(startGateway({ env: { ZEROCLAW_GATEWAY_TOKEN: weak } })).rejects.toThrow(
          /ZEROCLAW_GATEWAY_TOKEN.*must/s,
        );
      },
    );
  });
});

/** As ZeroClaw v0.1.8 writes secrets: ChaCha20-Poly1305, nonce ‖ ciphertext ‖ tag. */
function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `enc2:${sealed.toString('hex')}`;
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
