import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceUpkeep } from '../../src/pairing/device-upkeep';
import { PairedDevices } from '../../src/pairing/paired-devices';
import { PairingService } from '../../src/pairing/pairing.service';
import { describeEachDatabase } from '../support/databases';
import { startGateway } from '../support/gateway';
import type { GatewayUnderTest } from '../support/gateway';
import { pairWith, postPair } from '../support/pairing-client';
import { tempDir } from '../support/temp-dir';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Two gateways over the same data: one config.toml and SQLite file, or, in team mode, each its own config.toml and one PostgreSQL. */
describeEachDatabase('two gateways over the same data', (_open, database) => {
  let folders: Awaited<ReturnType<typeof tempDir>>[];
  let gateways: GatewayUnderTest[];
  let here: GatewayUnderTest;
  let there: GatewayUnderTest;

  beforeEach(async () => {
    const { dataDir, url = '' } = database.options();
    const first = await tempDir();
    const second = url ? await tempDir() : first;
    folders = [first, second];
    for (const { path } of folders) {
      await writeFile(
        join(path, 'config.toml'),
        `[storage]\ndata_dir = ${JSON.stringify(dataDir)}\nurl = ${JSON.stringify(url)}\n`,
      );
    }
    here = await startGateway({ dir: first.path });
    there = await startGateway({ dir: second.path });
    gateways = [here, there];
  });
  afterEach(async () => {
    for (const gateway of gateways) await gateway.stop();
    for (const folder of folders) await folder.remove();
  });

  it('a code of one is taken by the other, once', async () => {
    const { code } = await here.get(PairingService).issueCode({ name: 'phone' });
    const answers = await Promise.all([here, there, here].map(({ url }) => postPair(url, code)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403, 403]);
  });

  it('what one pairs, the other knows; what the other revokes, the one refuses', async () => {
    const admin = await pairWith(here);
    const chat = await pairWith(here, { scopes: ['chat'] });
    await eventually(there, admin, 200);
    await eventually(there, chat, 403);

    await there.fetch(`/api/pairing/devices/${hashOf(chat)}`, { method: 'DELETE', token: admin });
    expect(await status(there, chat)).toBe(401);
    await eventually(here, chat, 401);
    expect(await status(here, admin)).toBe(200);
  });

  it('a startup code that was used at the other one is forgotten', async () => {
    const code = there.get(PairingService).startupCode();
    const token = String((await postPair(here.url, code)).body['token']);
    await eventually(there, token, 200);
    expect(there.get(PairingService).startupCode()).toBeUndefined();
    expect((await postPair(there.url, code)).status).toBe(403);
  });

  it('a look at the stored devices that began before a revocation does not undo it', async () => {
    const [admin, lost] = [await pairWith(here), await pairWith(here)];
    const devices = here.get(PairedDevices);
    await Promise.all([
      devices.refresh(),
      here.fetch(`/api/pairing/devices/${hashOf(lost)}`, { method: 'DELETE', token: admin }),
      devices.refresh(),
    ]);
    expect(await status(here, lost)).toBe(401);
    await devices.refresh();
    expect(await status(here, lost)).toBe(401);
  });

  it('a look at the stored devices that began before a pairing does not undo it', async () => {
    const devices = here.get(PairedDevices);
    const tokens = await Promise.all(
      Array.from({ length: 8 }, async () => {
        void devices.refresh();
        const token = await pairWith(here);
        void devices.refresh();
        return token;
      }),
    );
    for (const token of tokens) expect(await status(here, token)).toBe(200);
  });

  it('a token that only the environment or config.toml vouches for ends with that, however often it was used', async () => {
    const [given, listed] = ['made-by-the-deployment-0123456789abcdef', `zc_${'e5'.repeat(32)}`];
    const file = join(here.dir, 'config.toml');
    const before = await readFile(file, 'utf8');
    await here.stop();
    await writeFile(file, `${before}[gateway]\npaired_tokens = ["${hashOf(listed)}"]\n`);
    gateways[0] = await startGateway({ dir: here.dir, env: { ZEROCLAW_GATEWAY_TOKEN: given } });
    expect(await status(gateways[0], given)).toBe(200);
    expect(await status(gateways[0], listed)).toBe(200);

    await gateways[0].stop();
    await writeFile(file, before);
    gateways[0] = await startGateway({ dir: here.dir });
    expect(await status(gateways[0], given)).toBe(401);
    expect(await status(gateways[0], listed)).toBe(401);
  });

  it('a restart changes nothing, and config.toml lists tokens only where it decides about them', async () => {
    const [kept, revoked] = [await pairWith(here), await pairWith(here)];
    await here.fetch(`/api/pairing/devices/${hashOf(revoked)}`, { method: 'DELETE', token: kept });
    await here.stop();
    here = await startGateway({ dir: here.dir });
    gateways[0] = here;

    expect(await status(here, kept)).toBe(200);
    expect(await status(here, revoked)).toBe(401);
    const toml = await readFile(join(here.dir, 'config.toml'), 'utf8');
    expect(toml.includes(hashOf(kept))).toBe(database.dialect === 'sqlite');
  });
});

async function status(gateway: GatewayUnderTest, token: string): Promise<number> {
  return (await gateway.fetch('/api/pairing/devices', { token })).status;
}

/** What the other one did is learnt by the next upkeep, or from config.toml. Slow enough for the limit on wrong tokens. */
async function eventually(gateway: GatewayUnderTest, token: string, expected: number): Promise<void> {
  while ((await status(gateway, token)) !== expected) {
    await gateway.get(DeviceUpkeep).run();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
