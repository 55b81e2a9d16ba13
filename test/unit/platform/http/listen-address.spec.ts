import { assertSafeBind, bindHost, isLoopbackHost, originOf } from '../../../../src/platform/http/listen-address';

test.each(['127.0.0.1', '127.0.0.53', 'localhost', '::1', '[::1]'])('%s is local', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
  expect(() => assertSafeBind(host, false)).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '127.0.0.1.example.com', ''])(
  '%p needs a permission, and the refusal names the ways out',
  (host) => {
    expect(() => assertSafeBind(host, false)).toThrow(
      /Refusing to listen[\s\S]*--host 127\.0\.0\.1[\s\S]*tunnel[\s\S]*allow_public_bind = true/,
    );
    expect(() => assertSafeBind(host, true)).not.toThrow();
  },
);

test('IPv6 gets its brackets in a URL and loses them at the socket', () => {
  expect(originOf('::1', 80)).toBe('http://[::1]:80');
  expect(originOf('[::1]', 80)).toBe('http://[::1]:80');
  expect(bindHost('[::1]')).toBe('::1');
});
