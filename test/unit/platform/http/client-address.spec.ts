import type { IncomingMessage } from 'node:http';
import {
  clientKeyOf,
  forwardedAddress,
  isDirectLoopback,
  parseCidr,
} from '../../../../src/platform/http/client-address';

const request = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

const proxies = ['10.0.0.0/8', '2001:db8::/32'].map(parseCidr).filter((range) => range !== undefined);

describe('forwardedAddress', () => {
  test.each([
    ['no header', '10.0.0.1', undefined, '10.0.0.1'],
    ['one hop behind a trusted proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the left-most entry is the client’s own claim', '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['trusted hops are skipped from the right', '10.0.0.1', '203.0.113.9, 10.2.3.4, 10.9.9.9', '203.0.113.9'],
    ['a peer that is no proxy of ours is not believed', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['a proxy on this machine is believed', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['ports', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['IPv6 with port', '10.0.0.1', '[2a00::1]:443', '2a00::1'],
    ['quotes', '10.0.0.1', '"203.0.113.9"', '203.0.113.9'],
    ['IPv4-mapped', '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['an IPv6 proxy', '2001:db8::5', '203.0.113.9', '203.0.113.9'],
    ['garbage stops the walk at the last hop that was good', '10.0.0.1', '203.0.113.9, nonsense', '10.0.0.1'],
    ['garbage beyond a trusted hop', '10.0.0.1', 'nonsense, 10.1.1.1', '10.1.1.1'],
    ['all hops trusted: the farthest one', '10.0.0.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['a socket that is gone', undefined, '203.0.113.9', 'unknown'],
  ])('%s', (_case, peer, header, expected) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'x-forwarded-for': header };
    expect(forwardedAddress(request(peer, headers), proxies)).toBe(expected);
  });
});

describe('isDirectLoopback', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s', (peer) => {
    expect(isDirectLoopback(request(peer))).toBe(true);
  });

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
    'not with %s, even when it claims loopback',
    (name) => {
      expect(isDirectLoopback(request('127.0.0.1', { [name]: '127.0.0.1' }))).toBe(false);
    },
  );

  test.each(['192.0.2.1', '::2', undefined])('not %s', (peer) => {
    expect(isDirectLoopback(request(peer))).toBe(false);
  });
});

test('an IPv6 subscriber is one client, however many addresses it uses', () => {
  expect(clientKeyOf('2a00:1:2:3:4:5:6:7')).toBe(clientKeyOf('2a00:1:2:3:ffff::1'));
  expect(clientKeyOf('2a00:1:2:3::1')).not.toBe(clientKeyOf('2a00:1:2:4::1'));
  expect(clientKeyOf('203.0.113.9')).toBe('203.0.113.9');
});

test.each(['10.0.0.0/33', 'host', '', '300.1.1.1'])('%p is no address range', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});
