import { cloudflaredReader } from '../../../src/tunnel/programs/cloudflare';
import { patternReader } from '../../../src/tunnel/programs/custom';
import { ngrokReader } from '../../../src/tunnel/programs/ngrok';
import { servedAddress, tailscaleReader } from '../../../src/tunnel/programs/tailscale';
import { TunnelConfig } from '../../../src/tunnel/tunnel.config';
import type { OutputReader, TunnelNews, TunnelProgram } from '../../../src/tunnel/tunnel-program';
import { localTarget, tunnelProgram } from '../../../src/tunnel/tunnel-programs';
import { recorded } from '../../support/tunnel';

const PORT = 4711;

/** What the reader makes of a recording. */
async function newsOf(recording: string, reader: OutputReader): Promise<TunnelNews[]> {
  const lines = await recorded(recording, PORT);
  return lines.map(({ line, stream }) => reader(line, stream)).filter((news) => news !== undefined);
}

describe('what the programs say', () => {
  test('a quick tunnel of cloudflared: the address in the box, none of the help links, and not before it is connected', async () => {
    expect(await newsOf('cloudflared-quick', cloudflaredReader(PORT))).toEqual([
      { state: 'up', url: 'https://world-pound-folder-structured.trycloudflare.com' },
    ]);
  });

  test('a tunnel of an account: the route that leads to our port', async () => {
    expect(await newsOf('cloudflared-token', cloudflaredReader(PORT))).toEqual([
      { state: 'up' },
      { state: 'up', url: 'https://gateway.example.com' },
      { state: 'up', url: 'https://gateway.example.com' },
    ]);
    expect(await newsOf('cloudflared-token', cloudflaredReader(9))).toEqual([
      { state: 'up' },
      { state: 'up' },
      { state: 'up' },
    ]);
  });

  test('cloudflared is down when its last connection is lost, and up with the next one', () => {
    const read = cloudflaredReader(PORT);
    const at = '2026-02-21T14:24:07Z';
    read(`${at} INF Registered tunnel connection connIndex=0 location=a`, 'stderr');
    read(`${at} INF Registered tunnel connection connIndex=1 location=b`, 'stderr');
    expect(
      read(`${at} WRN Serve tunnel error error="timeout: no recent network activity" connIndex=1`, 'stderr'),
    ).toBeUndefined();
    expect(read(`${at} ERR Serve tunnel error error="timeout" connIndex=0`, 'stderr')).toMatchObject({ state: 'down' });
    expect(read(`${at} INF Registered tunnel connection connIndex=0 location=a`, 'stderr')).toEqual({ state: 'up' });
  });

  test('cloudflared that is refused says why', async () => {
    expect(await newsOf('cloudflared-refused', cloudflaredReader(PORT))).toEqual([
      { problem: expect.stringContaining('Invalid tunnel secret') as string },
    ]);
  });

  test('ngrok: the url of the started tunnel, not the one of the updater', async () => {
    expect(await newsOf('ngrok', ngrokReader())).toEqual([
      { state: 'up', url: 'https://9f2a-203-0-113-9.ngrok-free.app' },
    ]);
  });

  test('ngrok that loses its session and finds it again', async () => {
    const read = ngrokReader();
    await newsOf('ngrok', read);
    expect(read('lvl=eror msg="session closing" obj=tunnels.session err="read tcp: i/o timeout"', 'stdout')).toEqual({
      state: 'down',
      problem: 'ngrok lost its session: read tcp: i/o timeout',
    });
    expect(read('lvl=info msg="client session established" obj=tunnels.session', 'stdout')).toMatchObject({
      state: 'up',
    });
  });

  test('ngrok that is refused: its reason, and no link is taken for the address', async () => {
    const news = await newsOf('ngrok-refused', ngrokReader());
    expect(news.filter((one) => 'state' in one)).toEqual([]);
    expect(JSON.stringify(news)).toContain('ERR_NGROK_105');
  });

  test.each(['tailscale-serve', 'tailscale-funnel'])('%s: the line after "Available"', async (recording) => {
    expect(await newsOf(recording, tailscaleReader())).toEqual([
      { state: 'up', url: 'https://gateway.tail1a2b3.ts.net' },
    ]);
  });

  test('tailscale without permission: the link is an instruction', async () => {
    expect(await newsOf('tailscale-funnel-off', tailscaleReader())).toEqual([
      { problem: expect.stringMatching(/^Funnel is not enabled .*Visit https:\/\/login/) as string },
    ]);
  });

  test('tailscale serve status: the site whose handler leads to our port, also one in the foreground', async () => {
    const [first] = await recorded('tailscale-status', PORT);
    expect(servedAddress(first?.line ?? '', PORT)).toBe('https://gateway.tail1a2b3.ts.net');
    expect(servedAddress(first?.line ?? '', 80)).toBeUndefined();
    for (const odd of ['null', '{}', 'No serve config', '{"Web":{"a:1":null}}', '[]'])
      expect(servedAddress(odd, PORT)).toBeUndefined();
  });

  test('a custom program: only the line of the pattern', async () => {
    expect(await newsOf('bore', patternReader(/listening at (\S+)/))).toEqual([
      { state: 'up', url: 'http://bore.pub:40617' },
    ]);
    expect(await newsOf('bore', patternReader(/listening at/))).toEqual([
      { state: 'up', url: 'http://bore.pub:40617' },
    ]);
  });

  test('no line makes a reader throw', () => {
    const readers = [cloudflaredReader(1), ngrokReader(), tailscaleReader(), patternReader(/x/)];
    for (const line of [
      '',
      '\u0000',
      '{"',
      'x'.repeat(4096),
      'a="\\',
      '2026 INF Updated to new configuration config="{\\"ingress\\":[null,3]}"',
    ])
      for (const read of readers) expect(() => read(line, 'stdout')).not.toThrow();
  });
});

describe('how they are started', () => {
  const own = { PATH: '/bin', HOME: '/home/x', OPENAI_API_KEY: 'sk-secret', HTTPS_PROXY: 'http://proxy:3128' };
  const target = { host: '127.0.0.1', port: PORT };
  const program = (change: (config: TunnelConfig) => void) => {
    const config = new TunnelConfig();
    change(config);
    return tunnelProgram(config, target, own);
  };

  test('none', () => expect(program(() => undefined)).toBeUndefined());

  test('tokens stand in the environment, never in the arguments, and nothing else of ours does', () => {
    const cloudflare = program((config) => {
      config.provider = 'cloudflare';
      config.cloudflare.token = 'tok-123456';
    });
    expect(cloudflare).toMatchObject({
      args: ['tunnel', '--no-autoupdate', 'run', '--url', 'http://127.0.0.1:4711'],
      env: { PATH: '/bin', HOME: '/home/x', HTTPS_PROXY: 'http://proxy:3128', TUNNEL_TOKEN: 'tok-123456' },
    });
    expect(JSON.stringify(cloudflare)).not.toContain('sk-secret');
    const ngrok = program((config) => {
      config.provider = 'ngrok';
      config.ngrok = { auth_token: 'tok-123456', domain: 'x.ngrok.app' };
    });
    expect(ngrok).toMatchObject({ env: { NGROK_AUTHTOKEN: 'tok-123456' } });
    expect(JSON.stringify((ngrok as TunnelProgram).args)).not.toContain('tok-123456');
  });

  test.each([
    ['cloudflare', /token is missing.*quick = true/],
    ['ngrok', /auth_token is missing/],
    ['custom', /start_command is missing/],
  ] as const)('%s without its table says what is missing', (provider, sentence) => {
    expect(program((config) => (config.provider = provider))).toEqual({
      problem: expect.stringMatching(sentence) as string,
    });
  });

  test.each([
    ["frpc --name 'two words' --to {host}:{port}", ['--name', 'two words', '--to', '127.0.0.1:4711']],
    ['frpc "a \\"b\\""', ['a "b"']],
  ])('a custom command is split as a shell does: %s', (command, args) => {
    const made = program((config) => {
      config.provider = 'custom';
      config.custom.start_command = command;
    });
    expect(made).toMatchObject({ command: 'frpc', args });
  });

  test.each([
    ['a | b', /one program/],
    ['a $TOKEN', /variables/],
    ["a 'b", /not closed/],
  ])('and refused with a reason: %s', (command, sentence) => {
    const made = program((config) => {
      config.provider = 'custom';
      config.custom.start_command = command;
    });
    expect(made).toEqual({ problem: expect.stringMatching(sentence) as string });
  });

  test.each([
    ['http://{host}:{port}/health/live', { healthUrl: 'http://127.0.0.1:4711/health/live' }],
    ['http://not a url', { problem: '[tunnel.custom] health_url is not a URL' }],
  ])('health_url %s', (healthUrl, expected) => {
    const made = program((config) => {
      config.provider = 'custom';
      config.custom.start_command = 'bore';
      config.custom.health_url = healthUrl;
    });
    expect(made).toMatchObject(expected);
  });

  test('a custom program names the variables that it wants', () => {
    const made = (env: Record<string, string>) =>
      program((config) => {
        config.provider = 'custom';
        config.custom.start_command = 'bore';
        config.custom.env = env;
      });
    expect(made({ KEY: '${OPENAI_API_KEY}' })).toMatchObject({ env: { KEY: 'sk-secret' }, secrets: ['sk-secret'] });
    expect(made({ KEY: '${MISSING}' })).toEqual({ problem: expect.stringContaining('MISSING') as string });
  });
});

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['[::1]', '[::1]'],
  ['localhost', 'localhost'],
])('a listener on %s is reached at %s', (host, reached) => {
  expect(localTarget(host, 1)).toEqual({ host: reached, port: 1 });
});
