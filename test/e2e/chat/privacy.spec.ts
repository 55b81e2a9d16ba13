import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import type { RawUpstream } from '../../support/upstream';
import { startRawUpstream } from '../../support/upstream';
import { until } from '../../support/until';

/** An answer in one piece. */
const whole = (content: string) =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });

describe('two people behind one gateway', () => {
  let upstream: RawUpstream;
  let gateway: GatewayUnderTest;
  let anna: string;
  let bob: string;
  beforeAll(async () => {
    upstream = await startRawUpstream((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole('Noted.'));
    });
    gateway = await startGateway({ toml: `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n` });
    anna = await gateway.pair();
    bob = await gateway.pair();
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const viaChat = (token: string, message: string, session: string) =>
    gateway.fetch('/api/chat', { token, json: { message, session_id: session } });
  const viaOpenAi = (token: string, content: string, session: string) =>
    gateway.fetch('/v1/chat/completions', {
      token,
      headers: { 'X-Session-Id': session },
      json: { model: 'zeroclaw', messages: [{ role: 'user', content }] },
    });
  const doors = { '/api/chat': viaChat, '/v1/chat/completions': viaOpenAi };
  type DoorName = keyof typeof doors;

  it.each<[DoorName, DoorName]>([
    ['/api/chat', '/api/chat'],
    ['/api/chat', '/v1/chat/completions'],
    ['/v1/chat/completions', '/api/chat'],
    ['/v1/chat/completions', '/v1/chat/completions'],
  ])('cannot read each other, neither the session nor the memory (%s, then %s)', async (first, second) => {
    const session = `shared-${first.length}-${second.length}`;
    const said = `The treasure of ${session} lies under the third oak`;
    const asked = `Where does the treasure of ${session} lie, under which oak?`;
    expect((await doors[first](anna, said, session)).status).toBe(200);
    await until(async () => {
      const found = await gateway.fetch('/api/memory?category=conversation', { token: anna });
      return (await found.text()).includes(said);
    });

    await doors[second](bob, asked, session);
    expect(upstream.requests.at(-1)?.body).toContain(asked);
    expect(upstream.requests.at(-1)?.body).not.toContain('third oak');

    await doors[second](anna, asked, session);
    expect(upstream.requests.at(-1)?.body).toContain('third oak');
  });
});
