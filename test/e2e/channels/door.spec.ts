import { signPigeon } from '../../support/pigeon';
import { SECRET, payload, pigeonToml, startChannelGateway } from '../../support/channel-gateway';
import type { ChannelGateway } from '../../support/channel-gateway';
import { startGateway } from '../../support/gateway';
import { until } from '../../support/until';

describe('the door of a channel', () => {
  let app: ChannelGateway;
  beforeAll(async () => {
    app = await startChannelGateway();
  });
  afterAll(() => app.stop());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${app.gateway.url}/pigeon`, { method: 'POST', body, headers });

  it("takes a signed message, says so in the channel's own words, and answers it", async () => {
    const response = await app.deliver([{ id: 'a', text: 'hello' }]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ coo: 1, again: 0 });
    await until(() => app.said().length === 1);
    expect(app.said()[0]).toMatchObject({
      conversation: 'ada',
      text: 'This is the built-in echo model. You said: hello',
      replyTo: 'a',
      attempt: 0,
    });
    expect(app.loft.calls.find(({ path }) => path === '/begun')?.json).toEqual({ id: 'a' });
  });

  it('takes a message once, however often it is delivered', async () => {
    const responses = await Promise.all(Array.from({ length: 5 }, () => app.deliver([{ id: 'b' }, { id: 'b' }])));
    const answers = (await Promise.all(responses.map((one) => one.json()))) as { coo: number; again: number }[];
    expect(answers.map(({ coo }) => coo).toSorted()).toEqual([0, 0, 0, 0, 1]);
    await until(() => app.said().some(({ text }) => text.endsWith('say b')));
    await app.deliver([{ id: 'c' }]);
    await until(() => app.said().some(({ text }) => text.endsWith('say c')));
    expect(app.said().filter(({ text }) => text.endsWith('say b'))).toHaveLength(1);
  });

  it('refuses what the platform has not signed', async () => {
    const body = payload([{ id: 'evil' }]);
    for (const headers of [{}, signPigeon(body, 'other'), { ...signPigeon(body, SECRET), 'x-pigeon-lost': '1' }]) {
      const response = await post(body, headers);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'Invalid signature', code: 'channel.signature' });
    }
  });

  it('looks at the bytes, whatever their content type says', async () => {
    const body = payload([{ id: 'plain' }]);
    const response = await post(body, {
      ...signPigeon(body, SECRET),
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(response.status).toBe(200);
  });

  it('refuses a payload that is none', async () => {
    const response = await post('[1]', signPigeon('[1]', SECRET));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'Invalid JSON payload' });
  });

  it('takes deliveries larger than native bodies, and refuses those beyond its limit', async () => {
    const large = payload([{ id: 'large', text: 'x'.repeat(200_000) }]);
    expect((await post(large, signPigeon(large, SECRET))).status).toBe(200);
    const tooLarge = payload([{ id: 'huge', text: 'x'.repeat(1_100_000) }]);
    expect((await post(tooLarge, signPigeon(tooLarge, SECRET))).status).toBe(413);
  });

  it('shakes hands by GET, and says that it takes POST otherwise', async () => {
    const response = await fetch(`${app.gateway.url}/pigeon?coo=42%20times`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toBe('42 times');
    const other = await fetch(`${app.gateway.url}/pigeon`);
    expect(other.status).toBe(405);
    expect(other.headers.get('allow')).toBe('POST');
  });

  it('ignores what no person has written, with the same acknowledgement', async () => {
    const body = JSON.stringify({ messages: [{ id: 'x', from: 'ada', text: 'mine', at: Date.now(), own: true }] });
    const response = await post(body, signPigeon(body, SECRET));
    expect(await response.json()).toEqual({ coo: 0, again: 0 });
  });
});

describe('a channel that cannot work', () => {
  it.each([
    ['whatsapp', 'WhatsApp not configured'],
    ['github', 'GitHub channel not configured'],
    ['nextcloud-talk', 'Nextcloud Talk not configured'],
    ['linq', 'Linq not configured'],
  ])('is /%s without its table: %s', async (name, error) => {
    const gateway = await startGateway({ toml: '' });
    for (const path of [name, `${name}/`, name.toUpperCase()]) {
      const response = await fetch(`${gateway.url}/${path}`, { method: 'POST', body: 'no JSON' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error });
    }
    await gateway.stop();
  });

  it('does not exist without its table', async () => {
    const gateway = await startGateway({ toml: '' });
    const response = await fetch(`${gateway.url}/pigeon`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: 'Pigeon not configured', code: 'channel.not_configured' });
    await gateway.stop();
  });

  it('is closed without its secret, and tells strangers nothing more', async () => {
    const gateway = await startGateway({ toml: '[channels_config.pigeon]\napi_base_url = "http://127.0.0.1:1"\n' });
    const response = await fetch(`${gateway.url}/pigeon`, { method: 'POST', body: payload([{ id: 'a' }]) });
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'channel.misconfigured' });
    expect(body).not.toContain('secret');
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    await gateway.stop();
  });

  it('is open by hand only, and warned about', async () => {
    const toml = pigeonToml('http://127.0.0.1:1', { table: 'allow_unsigned = true' }).replace(/^secret.*$/m, '');
    const gateway = await startGateway({ toml });
    const response = await fetch(`${gateway.url}/pigeon`, { method: 'POST', body: payload([{ id: 'a' }]) });
    expect(response.status).toBe(200);
    const health = (await (await fetch(`${gateway.url}/health`)).json()) as { warnings: string[] };
    expect(health.warnings).toContainEqual(expect.stringContaining('Pigeon takes deliveries that nobody has signed'));
    await gateway.stop();
  });
});

describe('too many deliveries', () => {
  it('are put off by client, and by sender', async () => {
    const loft = 'http://127.0.0.1:1';
    const shared = 'max_requests_per_minute = 4\nmax_sender_messages_per_minute = 2';
    const app = await startChannelGateway({ toml: pigeonToml(loft, { shared }) });
    const bob = await app.deliver([{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4', from: 'bob' }]);
    expect(bob.status).toBe(429);
    expect(Number(bob.headers.get('retry-after'))).toBeGreaterThan(0);
    // What was within the budget has been taken: the next delivery brings it as a duplicate.
    expect(await (await app.deliver([{ id: '4', from: 'bob' }])).json()).toEqual({ coo: 0, again: 1 });
    await app.deliver([{ id: '5', from: 'cid' }]);
    await app.deliver([{ id: '6', from: 'dan' }]);
    expect((await app.deliver([{ id: '7', from: 'eli' }])).status).toBe(429);
    await app.stop();
  });
});
