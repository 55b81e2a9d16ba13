import { Webhook } from 'standardwebhooks';
import { SessionRepository } from '../../../src/agent/session.repository';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';

const SECRET = 'a plain secret of some length';
const WHSEC = `whsec_${Buffer.from('another secret, in base64').toString('base64')}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const GUARD = {
  '/webhook': 'Unauthorized — configure pairing or X-Webhook-Secret for non-local webhook access',
  '/api/chat': 'Unauthorized — configure pairing or X-Webhook-Secret for non-local access',
};
const WRONG_SECRET = 'Unauthorized — invalid or missing X-Webhook-Secret header';
/** What any proxy adds: such a request does not come from this machine. */
const REMOTE = { 'X-Forwarded-For': '203.0.113.9' };

const toml = (pairing: boolean, secret: string) =>
  `[gateway]\nrequire_pairing = ${pairing}\nwebhook_rate_limit_per_minute = 0\n[channels_config.webhook]\nsecret = "${secret}"\n`;

describe('X-Webhook-Secret', () => {
  let gateway: GatewayUnderTest;
  const start = async (pairing: boolean, secret: string) => {
    gateway = await startGateway({ toml: toml(pairing, secret) });
  };
  afterEach(() => gateway.stop());

  const post = (door: string, headers: Record<string, string>, body = '{"message":"x"}') =>
    fetch(gateway.url + door, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
  const outcome = async (response: Response) => {
    const { error } = (await response.json()) as { error?: string };
    return [response.status, error];
  };

  it('is needed on /webhook beside the bearer when pairing is on, and not on /api/chat', async () => {
    await start(true, SECRET);
    const bearer = { Authorization: `Bearer ${await gateway.pair()}` };
    expect(await outcome(await post('/webhook', bearer))).toEqual([401, WRONG_SECRET]);
    expect(await outcome(await post('/webhook', { ...bearer, 'X-Webhook-Secret': 'wrong' }))).toEqual([
      401,
      WRONG_SECRET,
    ]);
    expect(await outcome(await post('/webhook', { 'X-Webhook-Secret': SECRET }))).toEqual([
      401,
      expect.stringMatching(/pair first/),
    ]);
    expect((await post('/webhook', { ...bearer, 'X-Webhook-Secret': ` ${SECRET} ` })).status).toBe(200);
    expect((await post('/api/chat', bearer)).status).toBe(200);
  });

  it('refuses callers of other machines when neither pairing nor a secret is there', async () => {
    await start(false, '');
    for (const door of ['/webhook', '/api/chat'] as const) {
      expect(await outcome(await post(door, REMOTE))).toEqual([401, GUARD[door]]);
      expect(await outcome(await post(door, { ...REMOTE, 'X-Webhook-Secret': '' }))).toEqual([401, GUARD[door]]);
      expect(await outcome(await post(door, { ...REMOTE, Authorization: 'Bearer anything' }))).toEqual([
        401,
        GUARD[door],
      ]);
      expect((await post(door, {})).status).toBe(200);
    }
  });

  it('lets callers of other machines in by itself when pairing is off', async () => {
    await start(false, SECRET);
    for (const door of ['/webhook', '/api/chat'] as const) {
      expect(await outcome(await post(door, REMOTE))).toEqual([401, WRONG_SECRET]);
      expect(await outcome(await post(door, { ...REMOTE, 'X-Webhook-Secret': `${SECRET}x` }))).toEqual([
        401,
        WRONG_SECRET,
      ]);
      expect((await post(door, { ...REMOTE, 'X-Webhook-Secret': SECRET })).status).toBe(200);
    }
    expect((await post('/webhook', {})).status).toBe(401);
    expect((await post('/api/chat', {})).status).toBe(200);
  });

  it('opens no other route', async () => {
    await start(false, SECRET);
    const response = await fetch(`${gateway.url}/api/status`, { headers: { ...REMOTE, 'X-Webhook-Secret': SECRET } });
    expect(response.status).toBe(401);
  });

  it('keeps the sessions of remote callers from those of the local operator', async () => {
    await start(false, SECRET);
    const asked = '{"message":"hello","session_id":"same"}';
    await post('/api/chat', {}, asked);
    await post('/api/chat', { ...REMOTE, 'X-Webhook-Secret': SECRET }, asked);
    const sessions = gateway.get(SessionRepository);
    expect(await sessions.latest({ owner: 'local', id: 'same' }, 10)).toHaveLength(2);
    expect(await sessions.latest({ owner: 'webhook', id: 'same' }, 10)).toHaveLength(2);
  });

  describe.each([
    ['a plain secret', SECRET, () => new Webhook(Buffer.from(SECRET), { format: 'raw' })],
    ['a whsec_ secret', WHSEC, () => new Webhook(WHSEC)],
  ])('as a Standard Webhooks signature with %s', (_, secret, signer) => {
    const signed = (body: string, at = new Date(), id = 'msg_1') => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signer().sign(id, at, body),
    });
    const BODY = '{"message": "sígned"}';

    it('is accepted instead of the header', async () => {
      await start(false, secret);
      expect((await post('/webhook', { ...REMOTE, ...signed(BODY) }, BODY)).status).toBe(200);
      expect((await post('/webhook', { ...REMOTE, 'X-Webhook-Secret': secret }, BODY)).status).toBe(200);
    });

    it('is refused over another body, too old, under another id, or broken', async () => {
      await start(false, secret);
      const old = new Date(Date.now() - 6 * 60_000);
      const wrong: [Record<string, string>, string][] = [
        [signed(BODY), `${BODY} `],
        [signed(BODY, old), BODY],
        [{ ...signed(BODY), 'webhook-id': 'msg_2' }, BODY],
        [{ ...signed(BODY), 'webhook-signature': 'v1,AAAA' }, BODY],
        [{ ...signed(BODY), 'webhook-signature': '' }, BODY],
        [{ ...signed(BODY), 'webhook-timestamp': 'soon' }, BODY],
        // A bad signature is not made good by anything else in the request.
        [{ ...signed(BODY), 'webhook-signature': 'v1,AAAA', 'X-Webhook-Secret': secret }, BODY],
      ];
      for (const [headers, body] of wrong) {
        expect(await outcome(await post('/webhook', { ...REMOTE, ...headers }, body))).toEqual([401, WRONG_SECRET]);
      }
    });

    it('answers a delivery that is sent again with the first answer', async () => {
      await start(false, secret);
      const headers = { ...REMOTE, ...signed(BODY) };
      const first = await post('/webhook', headers, BODY);
      const again = await post('/webhook', headers, BODY);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await again.text()).toBe(await first.text());
    });
  });
});
