import { createHash } from 'node:crypto';
import { Client } from 'undici';
import { DeviceUpkeep } from '../../src/pairing/device-upkeep';
import { PairingService } from '../../src/pairing/pairing.service';
import { startGateway } from '../support/gateway';
import type { GatewayUnderTest } from '../support/gateway';
import { pairWith, postPair, steerTime } from '../support/pairing-client';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const idOf = (token: string) => hashOf(token).slice(0, 16);
const refused = (code: string, message: string) => ({ error: message, code, request_id: expect.any(String) });

describe('/api/pairing', () => {
  let gateway: GatewayUnderTest;
  let admin: string;

  const list = async (token = admin) => {
    const response = await gateway.fetch('/api/pairing/devices', { token });
    return ((await response.json()) as { devices: Record<string, unknown>[] }).devices;
  };
  const revoke = (id: string, token = admin) =>
    gateway.fetch(`/api/pairing/devices/${id}`, { method: 'DELETE', token });
  const ask = (json: unknown, token = admin) => gateway.fetch('/api/pairing/codes', { json, token });
  const status = async (token: string) => (await gateway.fetch('/api/pairing/devices', { token })).status;

  beforeEach(async () => {
    gateway = await startGateway();
    admin = await pairWith(gateway);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.stop();
  });

  describe('GET devices', () => {
    it('lists the devices, the one seen last first', async () => {
      const pass = steerTime(gateway);
      pass(MINUTE);
      const reader = await pairWith(gateway, { name: 'wall display', scopes: ['read'], tokenDays: 30 });
      pass(MINUTE);
      await list(admin);
      pass(MINUTE);
      const silent = await pairWith(gateway, { scopes: ['chat'] });
      const devices = await list(reader);

      const now = Date.parse(String(devices[0]?.['last_seen_at']));
      expect(devices).toEqual([
        {
          id: idOf(reader),
          token_fingerprint: idOf(reader),
          created_at: new Date(now - 2 * MINUTE).toISOString(),
          last_seen_at: new Date(now).toISOString(),
          paired_by: '127.0.0.1',
          name: 'wall display',
          scopes: ['read'],
          expires_at: new Date(now - 2 * MINUTE + 30 * DAY).toISOString(),
          expired: false,
          current: true,
        },
        expect.objectContaining({ id: idOf(admin), name: null, scopes: ['chat', 'read', 'admin'], expires_at: null }),
        expect.objectContaining({ id: idOf(silent), last_seen_at: null }),
      ]);
    });

    it('takes the scope read', async () => {
      const response = await gateway.fetch('/api/pairing/devices', {
        token: await pairWith(gateway, { scopes: ['chat'] }),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'auth.scope_missing' });
    });

    it.each([undefined, 'Bearer nonsense', `Bearer zcl_live_${'0'.repeat(64)}`, 'Basic abc'])(
      'answers 401 to %s',
      async (value) => {
        const headers = value === undefined ? {} : { Authorization: value };
        const response = await fetch(`${gateway.url}/api/pairing/devices`, { headers });
        expect(response.status).toBe(401);
        expect(await response.json()).toEqual(
          refused(
            'auth.invalid_token',
            'Unauthorized — pair first via POST /pair, then send Authorization: Bearer <token>',
          ),
        );
      },
    );
  });

  describe('POST codes', () => {
    it('gives a code that grants what was asked for', async () => {
      const asked = Date.now();
      const response = await ask({ name: 'ci', scopes: ['chat', 'read'], expires_in_days: 7 });
      expect(response.status).toBe(200);
      const { code, expires_at: expiresAt } = (await response.json()) as { code: string; expires_at: string };
      expect(code).toMatch(/^\w{4}-\w{4}$/);
      expect(Math.abs(Date.parse(expiresAt) - asked - 15 * MINUTE)).toBeLessThan(MINUTE);

      const token = String((await postPair(gateway.url, code)).body['token']);
      const device = (await list()).find(({ id }) => id === idOf(token));
      expect(device).toMatchObject({ name: 'ci', scopes: ['chat', 'read'] });
      expect(Date.parse(String(device?.['expires_at'])) - Date.parse(String(device?.['created_at']))).toBe(7 * DAY);
    });

    it.each([
      ['an empty object', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }],
      ['no body', { method: 'POST' }],
    ])('grants everything, for ever, for %s', async (_name, init) => {
      const response = await gateway.fetch('/api/pairing/codes', { ...init, token: admin });
      const { code } = (await response.json()) as { code: string };
      const token = String((await postPair(gateway.url, code)).body['token']);
      const device = (await list()).find(({ id }) => id === idOf(token));
      expect(device).toMatchObject({ name: null, scopes: ['chat', 'read', 'admin'], expires_at: null });
    });

    it.each([
      [{ name: '' }, 'name', 'name must have 1 to 100 characters'],
      [{ name: 'x'.repeat(101) }, 'name', 'name must have 1 to 100 characters'],
      [{ name: 'a\u001b[31m' }, 'name', 'name must not contain control characters'],
      [{ scopes: [] }, 'scopes', 'scopes must name at least one'],
      [{ scopes: ['root'] }, 'scopes', 'scopes must be a list of chat, read, admin'],
      [{ scopes: 'admin' }, 'scopes', 'scopes must'],
      [{ scopes: ['chat', 'chat'] }, 'scopes', 'scopes must not name a scope twice'],
      [{ expires_in_days: 0 }, 'expires_in_days', 'expires_in_days must be at least 1'],
      [{ expires_in_days: 1.5 }, 'expires_in_days', 'expires_in_days must be a whole number of days'],
      [{ expires_in_days: '7' }, 'expires_in_days', 'expires_in_days must'],
      [{ expires_in_days: 100_000 }, 'expires_in_days', 'expires_in_days must be at most 3650'],
    ])('refuses %j and names the field', async (json, field, sentence) => {
      const response = await ask(json);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        field,
        code: 'request.invalid_field',
        error: expect.stringContaining(sentence),
      });
    });

    it('refuses broken JSON', async () => {
      const headers = { 'Content-Type': 'application/json' };
      const response = await gateway.fetch('/api/pairing/codes', {
        method: 'POST',
        body: '{"name":',
        headers,
        token: admin,
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'request.invalid_json' });
    });

    it('takes the scope admin', async () => {
      const token = await pairWith(gateway, { scopes: ['chat', 'read'] });
      expect((await ask({}, token)).status).toBe(403);
      expect((await fetch(`${gateway.url}/api/pairing/codes`, { method: 'POST' })).status).toBe(401);
    });
  });

  describe('DELETE devices/:id', () => {
    it('holds for a connection that is kept open, on which every request counts by its own token', async () => {
      const other = await pairWith(gateway);
      const connection = new Client(gateway.url);
      const statusOn = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        const { statusCode, body } = await connection.request({ method: 'GET', path: '/api/pairing/devices', headers });
        await body.dump();
        return statusCode;
      };
      expect([await statusOn(other), await statusOn(other), await statusOn(`${other.slice(0, -1)}!`)]).toEqual([
        200, 200, 401,
      ]);
      expect([await statusOn(admin), await statusOn(other)]).toEqual([200, 200]);

      await revoke(idOf(other));

      expect([await statusOn(other), await statusOn(admin)]).toEqual([401, 200]);
      await connection.close();
    });

    it.each([
      ['its id', idOf],
      ['the full hash', hashOf],
      ['the hash in capitals', (token: string) => hashOf(token).toUpperCase()],
    ])('revokes a device by %s, at once', async (_name, nameOf) => {
      const other = await pairWith(gateway);
      expect(await status(other)).toBe(200);
      const response = await revoke(nameOf(other));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status: 'ok', revoked: true, id: nameOf(other) });
      expect(await status(other)).toBe(401);
      expect((await list()).map(({ id }) => id)).toEqual([idOf(admin)]);
    });

    it.each(['0123456789abcdef', '0'.repeat(64), 'nobody', '..%2f..'])('knows no device %s', async (id) => {
      const response = await revoke(id);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual(refused('pairing.device_not_found', 'Paired device not found'));
    });

    it('answers 404 the second time', async () => {
      const other = await pairWith(gateway);
      expect((await revoke(idOf(other))).status).toBe(200);
      expect((await revoke(idOf(other))).status).toBe(404);
    });

    it('lets any token give itself up, and only an admin another', async () => {
      const chat = await pairWith(gateway, { scopes: ['chat'] });
      const response = await revoke(idOf(admin), chat);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'auth.scope_missing' });
      expect((await revoke('0123456789abcdef', chat)).status).toBe(403);

      expect((await revoke(idOf(chat), chat)).status).toBe(200);
      expect(await status(chat)).toBe(401);
      expect(await status(admin)).toBe(200);
    });

    it('shows a new code on the terminal when the last device is gone', async () => {
      const terminal = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      await revoke(idOf(admin));
      const code = await eventually(() => gateway.get(PairingService).startupCode());
      await eventually(() => terminal.mock.calls.some(([text]) => String(text).includes(code)) || undefined);
      terminal.mockRestore();
      expect((await postPair(gateway.url, code)).status).toBe(200);
    });
  });

  it('refuses a token from the moment at which it expires, shows it as expired and drops it a month later', async () => {
    const pass = steerTime(gateway);
    const token = await pairWith(gateway, { tokenDays: 1 });
    pass(DAY - 1);
    expect(await status(token)).toBe(200);
    pass(1);
    expect(await status(token)).toBe(401);
    expect((await list()).find(({ id }) => id === idOf(token))).toMatchObject({ expired: true });

    pass(30 * DAY);
    await gateway.get(DeviceUpkeep).run();
    expect((await list()).map(({ id }) => id)).toEqual([idOf(admin)]);
    expect(await status(token)).toBe(401);
  });
});

async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
}
