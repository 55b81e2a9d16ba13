import type { IncomingMessage } from 'node:http';
import { isForeignPage } from '../../../../src/platform/websocket/browser-origin';
import { chooseSubProtocol, handshakeToken } from '../../../../src/platform/websocket/handshake-token';

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

describe('the token of a handshake', () => {
  it.each<[string, Record<string, string>, string, string | undefined]>([
    ['the header', { authorization: 'Bearer  one ' }, 'token=two', 'one'],
    ['a header of another kind', { authorization: 'Basic abc' }, 'token=two', 'two'],
    ['an empty header', { authorization: 'Bearer ' }, 'token=two', 'two'],
    ['the first bearer item', { 'sec-websocket-protocol': 'zeroclaw.v1, bearer.one, bearer.x' }, 'token=two', 'one'],
    ['an empty item', { 'sec-websocket-protocol': 'bearer.' }, 'token=two', 'two'],
    ['the query', {}, 'session_id=a&token=&token=%20two%20&token=three', 'two'],
    ['an encoded query', {}, 'token=a%2Bb%3D', 'a+b='],
    ['nothing', {}, 'other=1', undefined],
  ])('is in %s', (_where, headers, query, token) => {
    expect(handshakeToken(request(headers), new URLSearchParams(query))).toBe(token);
  });
});

it.each<[string[], string | false]>([
  [['zeroclaw.v1'], 'zeroclaw.v1'],
  [['bearer.a', 'zeroclaw.v1'], 'zeroclaw.v1'],
  [['bearer.a'], 'bearer.a'],
  [['bearer.a', 'other.v2'], false],
  [['other.v2'], false],
  [[], false],
])('of the sub-protocols %j it chooses %j', (offered, chosen) => {
  expect(chooseSubProtocol(new Set(offered))).toBe(chosen);
});

describe('a page', () => {
  const rule = { allowed: ['https://chat.example.com/'], withoutTokens: false, trustForwarded: false };

  it.each<[string, Record<string, string>, Partial<typeof rule>, boolean]>([
    ['no browser', { host: 'gw.example' }, {}, false],
    ['the gateway itself', { host: 'gw.example', origin: 'https://gw.example' }, {}, false],
    ['the gateway itself, with the port said', { host: 'gw.example:443', origin: 'https://gw.example' }, {}, false],
    ['the gateway itself, in other letters', { host: 'GW.example:8080', origin: 'http://gw.example:8080' }, {}, false],
    ['the gateway itself over IPv6', { host: '[::1]:42617', origin: 'http://[::1]:42617' }, {}, false],
    ['another port', { host: 'gw.example:8080', origin: 'http://gw.example:9090' }, {}, true],
    ['another host', { host: 'gw.example', origin: 'https://evil.example' }, {}, true],
    ['a host that ends alike', { host: 'gw.example', origin: 'https://evilgw.example' }, {}, true],
    ['one that is listed', { host: 'gw.example', origin: 'https://chat.example.com' }, {}, false],
    ['one that is listed in other letters', { host: 'gw.example', origin: 'https://CHAT.example.com' }, {}, false],
    ['any, when all are', { host: 'gw.example', origin: 'null' }, { allowed: ['*'] }, false],
    ['a sandboxed one', { host: 'gw.example', origin: 'null' }, {}, true],
    [
      'one behind a proxy that is not believed',
      { host: 'inner', 'x-forwarded-host': 'gw.example', origin: 'https://gw.example' },
      {},
      true,
    ],
    [
      'one behind a proxy that is believed',
      { host: 'inner', 'x-forwarded-host': 'gw.example', origin: 'https://gw.example' },
      { trustForwarded: true },
      false,
    ],
    [
      'this machine, without tokens',
      { host: 'localhost:1', origin: 'http://localhost:1' },
      { withoutTokens: true },
      false,
    ],
    [
      'a foreign name for this machine, without tokens',
      { host: 'evil.example', origin: 'http://evil.example' },
      { withoutTokens: true },
      true,
    ],
    ['no host at all', { origin: 'https://gw.example' }, {}, true],
  ])('is foreign or not: %s', (_page, headers, change, foreign) => {
    expect(isForeignPage(request(headers), { ...rule, ...change })).toBe(foreign);
  });
});
