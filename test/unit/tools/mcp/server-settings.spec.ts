import { McpServerConfig } from '../../../../src/tools/mcp/mcp.config';
import { serverSettings } from '../../../../src/tools/mcp/server-settings';

const config = (parts: Partial<McpServerConfig>) => Object.assign(new McpServerConfig(), parts);
const OWN = { PATH: '/bin', HOME: '/home/zc', LC_ALL: 'C.UTF-8', OPENAI_API_KEY: 'sk-of-the-gateway', KEY: 'k-123456' };

test('a program gets what every program needs and what is configured, and nothing else', () => {
  const { endpoint } = serverSettings('s', config({ command: 'x', args: ['-y'], env: { A: 'a ${KEY} b' } }), OWN);
  expect(endpoint).toEqual({
    command: 'x',
    args: ['-y'],
    env: { PATH: '/bin', HOME: '/home/zc', LC_ALL: 'C.UTF-8', A: 'a k-123456 b' },
  });
});

test('a program has a PATH even when the gateway has none', () => {
  expect(serverSettings('s', config({ command: 'x' }), {}).endpoint).toMatchObject({
    env: { PATH: expect.stringContaining('/usr/bin') },
  });
});

test('references in the address and the headers are replaced; the secret itself stays out of logs', () => {
  const server = config({ url: 'https://${HOST}/mcp', headers: { Authorization: 'Bearer ${KEY}' } });
  const { endpoint, secrets } = serverSettings('s', server, { ...OWN, HOST: 'mcp.example.com' });
  expect(endpoint).toEqual({
    url: new URL('https://mcp.example.com/mcp'),
    headers: { Authorization: 'Bearer k-123456' },
  });
  expect(secrets).toContain('k-123456');
});

test.each([
  ['a variable that is not set', { command: 'x', env: { A: '${NOWHERE}' } }, /\[mcp\.servers\.s\]\.env\.A .*NOWHERE/],
  ['both ways at once', { command: 'x', url: 'https://x' }, /both command and url/],
  ['an address of another kind', { url: '${KEY}' }, /not an http\(s\) URL/],
])('the operator is told of %s', (_what, parts: Partial<McpServerConfig>, sentence) => {
  expect(() => serverSettings('s', config(parts), OWN)).toThrow(sentence);
});
