import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockList, isIPv4 } from 'node:net';
import * as fc from 'fast-check';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { EgressRefusal } from '../../../../src/platform/egress/egress-refusal';
import { UrlAccessConfig } from '../../../../src/platform/egress/url-access.config';
import { type HostLists, UrlPolicy } from '../../../../src/platform/egress/url-policy';
import { tempDir } from '../../../support/temp-dir';

type Access = Partial<UrlAccessConfig>;

const policy = (access: Access = {}, lists?: HostLists) =>
  new UrlPolicy(Object.assign(new UrlAccessConfig(), access), lists);

/** What the guard says to a URL: where the call would go, or why it does not. */
const verdict = (url: string, access?: Access, lists?: HostLists, base?: string): string => {
  try {
    return policy(access, lists).read(url, base === undefined ? undefined : new URL(base)).href;
  } catch (error) {
    if (error instanceof EgressRefusal) return error.reason;
    throw error;
  }
};

/** What the guard says to an address that a name has. */
const addressVerdict = (address: string, access?: Access, host = 'public.example'): string => {
  try {
    return policy(access).permitted(host, [{ address }]).length === 1 ? 'open' : 'nothing';
  } catch (error) {
    if (error instanceof EgressRefusal) return error.reason;
    throw error;
  }
};

describe('by default', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['http://example.com:8080/a/b?c=d', 'http://example.com:8080/a/b?c=d'],
    ['HTTPS://EXAMPLE.com/x#part', 'https://example.com/x'],
    ['https://example.com./', 'https://example.com/'],
    ['https://example.com:/', 'https://example.com/'],
    ['  https://example.com/\n', 'https://example.com/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://ｅｘａｍｐｌｅ.com/', 'https://example.com/'],
    ['https://1.1.1.1/dns', 'https://1.1.1.1/dns'],
    ['http://8.8.8.8:8443/', 'http://8.8.8.8:8443/'],
    ['http://[2606:4700::1111]/', 'http://[2606:4700::1111]/'],
    ['https://127.0.0.1.nip.example/', 'https://127.0.0.1.nip.example/'],
    ['https://example.com/?next=http://127.0.0.1/', 'https://example.com/?next=http://127.0.0.1/'],
    ['https://mylocalhost.example/', 'https://mylocalhost.example/'],
    ['http://172.15.255.255/', 'http://172.15.255.255/'],
    ['http://172.32.0.0/', 'http://172.32.0.0/'],
    ['http://169.253.1.1/', 'http://169.253.1.1/'],
    ['http://100.63.255.255/', 'http://100.63.255.255/'],
    ['http://100.128.0.0/', 'http://100.128.0.0/'],
  ])('%s may be asked', (url, href) => {
    expect(verdict(url)).toBe(href);
  });

  it.each([
    // No URL at all, or none of the web
    ['', 'malformed'],
    ['example.com', 'malformed'],
    ['//example.com/', 'malformed'],
    ['http://', 'malformed'],
    ['http://exa mple.com/', 'malformed'],
    ['http://example.com:99999/', 'malformed'],
    ['http://exam%00ple.com/', 'malformed'],
    ['http://a..b.example/', 'malformed'],
    ['http://./', 'malformed'],
    ['http://[::1/', 'malformed'],
    ['http://256.256.256.256/', 'malformed'],
    [`https://example.com/${'a'.repeat(9000)}`, 'malformed'],
    ['file:///etc/passwd', 'scheme'],
    ['ftp://example.com/', 'scheme'],
    ['gopher://127.0.0.1:6379/_FLUSHALL', 'scheme'],
    ['data:text/html,hi', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['ws://example.com/', 'scheme'],
    ['unix:/var/run/docker.sock', 'scheme'],
    ['blob:https://example.com/1', 'scheme'],
    // Whoever is in front of the @
    ['http://user@example.com/', 'userinfo'],
    ['http://user:secret@example.com/', 'userinfo'],
    ['http://example.com@127.0.0.1/', 'userinfo'],
    ['http://:x@example.com/', 'userinfo'],
    // Ports of other protocols
    ['http://example.com:22/', 'port'],
    ['http://example.com:25/', 'port'],
    ['http://example.com:6379/', 'port'],
    ['http://example.com:0/', 'port'],
    // This machine, however it is spelled
    ['http://127.0.0.1/', 'loopback'],
    ['http://127.255.255.254/', 'loopback'],
    ['http://127.1/', 'loopback'],
    ['http://127.0.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f000001/', 'loopback'],
    ['http://0x7f.0x0.0x0.0x1/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://0177.0x0.1/', 'loopback'],
    ['http://127.0.0.1./', 'loopback'],
    ['http://127。0。0。1/', 'loopback'],
    ['http://１２７.0.0.1/', 'loopback'],
    ['http://①②⑦.⓪.⓪.①/', 'loopback'],
    ['http://%31%32%37.0.0.1/', 'loopback'],
    ['http:127.0.0.1', 'loopback'],
    ['http:\\\\127.0.0.1\\', 'loopback'],
    ['http:////127.0.0.1/', 'loopback'],
    ['ht\ntp://127.0.0.1/', 'loopback'],
    ['http://localhost/', 'loopback'],
    ['http://LOCALHOST:8080/', 'loopback'],
    ['http://localhost./', 'loopback'],
    ['http://localhost%2e/', 'loopback'],
    ['http://x.localhost/', 'loopback'],
    ['http://localhost.localdomain/', 'loopback'],
    ['http://ip6-localhost/', 'loopback'],
    ['http://loc\tal\nhost/', 'loopback'],
    ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/', 'loopback'],
    ['http://[::1]/', 'loopback'],
    ['http://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['http://[0000::0001]:8080/', 'loopback'],
    // Networks inside
    ['http://10.0.0.1/', 'private'],
    ['http://10.1/', 'private'],
    ['http://167772161/', 'private'],
    ['http://172.16.0.1/', 'private'],
    ['http://172.31.255.255/', 'private'],
    ['http://192.168.1.1/', 'private'],
    ['http://0300.0250.1.1/', 'private'],
    ['http://100.64.0.1/', 'private'],
    ['http://100.127.255.255/', 'private'],
    ['http://[fc00::1]/', 'private'],
    ['http://[fdff:ffff::1]/', 'private'],
    ['http://[fec0::1]/', 'private'],
    ['http://169.254.1.1/', 'link_local'],
    ['http://[fe80::1]/', 'link_local'],
    ['http://[febf::1]/', 'link_local'],
    // Where clouds keep their keys
    ['http://169.254.169.254/latest/meta-data/', 'metadata'],
    ['http://2852039166/', 'metadata'],
    ['http://0xa9fea9fe/', 'metadata'],
    ['http://0251.0376.0251.0376/', 'metadata'],
    ['http://169.254.170.2/v2/credentials', 'metadata'],
    ['http://169.254.170.23/v1/credentials', 'metadata'],
    ['http://100.100.100.200/', 'metadata'],
    ['http://168.63.129.16/', 'metadata'],
    ['http://192.0.0.192/', 'metadata'],
    ['http://[fd00:ec2::254]/', 'metadata'],
    ['http://[fd20:ce::254]/', 'metadata'],
    // IPv4 in the clothes of IPv6
    ['http://[::ffff:127.0.0.1]/', 'tunnelled'],
    ['http://[::ffff:7f00:1]/', 'tunnelled'],
    ['http://[::ffff:8.8.8.8]/', 'tunnelled'],
    ['http://[::ffff:0:127.0.0.1]/', 'tunnelled'],
    ['http://[::127.0.0.1]/', 'tunnelled'],
    ['http://[::7f00:1]/', 'tunnelled'],
    ['http://[64:ff9b::7f00:1]/', 'tunnelled'],
    ['http://[64:ff9b::169.254.169.254]/', 'tunnelled'],
    ['http://[64:ff9b:1::a00:1]/', 'tunnelled'],
    ['http://[2002:7f00:1::]/', 'tunnelled'],
    ['http://[2002:a9fe:a9fe::1]/', 'tunnelled'],
    ['http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/', 'tunnelled'],
    ['http://[2606:4700::5efe:a00:1]/', 'tunnelled'],
    ['http://[2606:4700::200:5efe:a00:1]/', 'tunnelled'],
    // Nobody's
    ['http://0.0.0.0/', 'reserved'],
    ['http://0/', 'reserved'],
    ['http://0.1.2.3/', 'reserved'],
    ['http://[::]/', 'reserved'],
    ['http://192.0.2.1/', 'reserved'],
    ['http://198.18.0.1/', 'reserved'],
    ['http://198.51.100.1/', 'reserved'],
    ['http://203.0.113.1/', 'reserved'],
    ['http://192.88.99.1/', 'reserved'],
    ['http://240.0.0.1/', 'reserved'],
    ['http://255.255.255.255/', 'reserved'],
    ['http://[2001:db8::1]/', 'reserved'],
    ['http://[3fff::1]/', 'reserved'],
    ['http://[5f00::1]/', 'reserved'],
    ['http://[100::1]/', 'reserved'],
    ['http://[4000::1]/', 'reserved'],
    ['http://[2001:2::1]/', 'reserved'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://239.255.255.255/', 'multicast'],
    ['http://[ff02::1]/', 'multicast'],
    // Names that only exist inside
    ['http://kubernetes/', 'internal_name'],
    ['http://metadata/', 'internal_name'],
    ['http://metadata.google.internal/', 'internal_name'],
    ['http://kubernetes.default.svc/', 'internal_name'],
    ['http://db.default.svc.cluster.local/', 'internal_name'],
    ['http://printer.local/', 'internal_name'],
    ['http://nas.lan/', 'internal_name'],
    ['http://router.home.arpa/', 'internal_name'],
    ['http://wiki.corp/', 'internal_name'],
    ['http://host.docker.internal:2375/', 'internal_name'],
  ])('%s may not be asked: %s', (url, reason) => {
    expect(verdict(url)).toBe(reason);
  });

  it.each([
    ['//127.0.0.1/x', 'loopback'],
    ['http://[::1]/', 'loopback'],
    ['file:///etc/passwd', 'scheme'],
    ['https://user:pass@example.com/', 'userinfo'],
    ['/next', 'https://example.com/next'],
    ['?page=2', 'https://example.com/?page=2'],
    ['//other.example/x', 'https://other.example/x'],
  ])('a redirect to %s: %s', (location, result) => {
    expect(verdict(location, {}, {}, 'https://example.com/')).toBe(result);
  });

  it('a name leads to its public addresses and to no other', () => {
    const candidates = ['10.0.0.1', '1.1.1.1', '::1', '2606:4700::1', 'nonsense', 'fe80::1%eth0'];
    const open = policy().permitted(
      'public.example',
      candidates.map((address) => ({ address })),
    );
    expect(open.map(({ address }) => address)).toEqual(['1.1.1.1', '2606:4700::1']);
  });

  it('a refusal does not tell which address a name has', () => {
    expect(() => policy().permitted('inside.example', [{ address: '10.20.30.40' }])).toThrow(
      /^inside\.example leads to a private address/,
    );
  });
});

describe('what the operator allows', () => {
  it.each<[string, Access, string, string]>([
    ['loopback', { allow_loopback: true }, 'http://127.0.0.1:3000/', 'http://127.0.0.1:3000/'],
    ['loopback by name', { allow_loopback: true }, 'http://localhost:3000/', 'http://localhost:3000/'],
    ['loopback in IPv6', { allow_loopback: true }, 'http://[::1]:3000/', 'http://[::1]:3000/'],
    ['loopback, not mapped', { allow_loopback: true }, 'http://[::ffff:127.0.0.1]/', 'tunnelled'],
    ['loopback, not the network', { allow_loopback: true }, 'http://10.0.0.1/', 'private'],
    ['a range', { allow_cidrs: ['10.20.0.0/16'] }, 'http://10.20.3.4/', 'http://10.20.3.4/'],
    ['a range, not its neighbour', { allow_cidrs: ['10.20.0.0/16'] }, 'http://10.21.0.1/', 'private'],
    ['an address', { allow_cidrs: ['fd00::5'] }, 'http://[fd00::5]/', 'http://[fd00::5]/'],
    ['everything, but for metadata', { allow_cidrs: ['0.0.0.0/0'] }, 'http://169.254.169.254/', 'metadata'],
    [
      'metadata, expressly',
      { allow_cidrs: ['169.254.169.254/32'] },
      'http://169.254.169.254/x',
      'http://169.254.169.254/x',
    ],
    ['private networks', { block_private_ip: false }, 'http://192.168.0.9/', 'http://192.168.0.9/'],
    ['names inside', { block_private_ip: false }, 'http://wiki.corp/', 'http://wiki.corp/'],
    ['private networks, not loopback', { block_private_ip: false }, 'http://127.0.0.1/', 'loopback'],
    ['private networks, not link-local', { block_private_ip: false }, 'http://169.254.7.7/', 'link_local'],
    ['private networks, not metadata', { block_private_ip: false }, 'http://100.100.100.200/', 'metadata'],
    [
      'a tunnel into what is public',
      { allow_cidrs: ['64:ff9b::/96'] },
      'http://[64:ff9b::808:808]/',
      'http://[64:ff9b::808:808]/',
    ],
    ['a tunnel, not into what is private', { allow_cidrs: ['64:ff9b::/96'] }, 'http://[64:ff9b::a00:1]/', 'private'],
    ['a domain', { allow_domains: ['wiki.corp'] }, 'http://wiki.corp/x', 'http://wiki.corp/x'],
    ['a domain, and below', { allow_domains: ['corp'] }, 'http://a.wiki.corp/', 'http://a.wiki.corp/'],
    ['a domain, no look-alike', { allow_domains: ['wiki.corp'] }, 'http://evilwiki.corp/', 'internal_name'],
    [
      'a listed domain',
      { enforce_domain_allowlist: true, domain_allowlist: ['example.com'] },
      'https://a.example.com/',
      'https://a.example.com/',
    ],
    [
      'only listed domains',
      { enforce_domain_allowlist: true, domain_allowlist: ['example.com'] },
      'https://example.org/',
      'not_listed',
    ],
    ['nothing, with an empty list', { enforce_domain_allowlist: true }, 'https://example.org/', 'not_listed'],
    [
      'a list is not enforced by itself',
      { domain_allowlist: ['example.com'] },
      'https://example.org/',
      'https://example.org/',
    ],
    [
      'a listed address stays what it is',
      { enforce_domain_allowlist: true, domain_allowlist: ['*'] },
      'http://10.0.0.1/',
      'private',
    ],
    [
      'only what is below',
      { enforce_domain_allowlist: true, domain_allowlist: ['*.example.com'] },
      'https://example.com/',
      'not_listed',
    ],
    ['all but blocked domains', { domain_blocklist: ['example.org'] }, 'https://a.b.EXAMPLE.org./', 'blocked_domain'],
    ['blocked goes first', { domain_blocklist: ['*'], allow_domains: ['*'] }, 'https://example.org/', 'blocked_domain'],
    [
      'blocked in Unicode',
      { domain_blocklist: ['bücher.example'] },
      'https://xn--bcher-kva.example/',
      'blocked_domain',
    ],
    ['blocked addresses', { domain_blocklist: ['1.1.1.1'] }, 'https://0x01010101/', 'blocked_domain'],
    [
      'approved domains',
      { require_first_visit_approval: true, approved_domains: ['example.com'] },
      'https://example.com/',
      'https://example.com/',
    ],
    ['no others', { require_first_visit_approval: true }, 'https://example.com/', 'not_approved'],
    [
      'listed ones are approved',
      { require_first_visit_approval: true, domain_allowlist: ['example.com'] },
      'https://example.com/',
      'https://example.com/',
    ],
  ])('%s: %j %s', (_what, access, url, result) => {
    expect(verdict(url, access)).toBe(result);
  });

  it.each<[HostLists, string]>([
    [{ allowed: ['example.com'] }, 'https://example.com/'],
    [{ allowed: ['*'] }, 'https://example.com/'],
    [{ allowed: [] }, 'not_listed'],
    [{ allowed: ['example.org'] }, 'not_listed'],
    [{ allowed: ['*'], blocked: ['com'] }, 'blocked_domain'],
  ])('a caller narrows it down: %j', (lists, result) => {
    expect(verdict('https://example.com/', {}, lists)).toBe(result);
  });

  it('a name of an allowed domain may have any address but that of a metadata service', () => {
    const access = { allow_domains: ['wiki.corp'] };
    expect(addressVerdict('10.0.0.1', access, 'wiki.corp')).toBe('open');
    expect(addressVerdict('10.0.0.1', access, 'other.corp')).toBe('private');
    expect(addressVerdict('169.254.169.254', access, 'wiki.corp')).toBe('metadata');
  });
});

describe('whatever is written', () => {
  /** What must never be reached, as the registries have it; judged by code that is not ours. */
  const inside = new BlockList();
  for (const [net, bits] of [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const)
    inside.addSubnet(net, bits);

  const bytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  /** Half of them out of networks inside. */
  const ipv4 = fc
    .tuple(fc.constantFrom(undefined, 0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 255), bytes)
    .map(([first, [a, b, c, d]]) => [first ?? a, b, c, d] as const);
  const hex = (value: number, width = 2) => value.toString(16).padStart(width, '0');

  it('an IPv4 address inside is refused in every spelling, and a spelling changes nothing', () => {
    fc.assert(
      fc.property(ipv4, ([a, b, c, d]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const expected = verdict(`http://${dotted}/`);
        expect(inside.check(dotted) && expected.startsWith('http')).toBe(false);
        const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
        const tail = (b << 16) | (c << 8) | d;
        const spellings = [
          String(whole),
          `0x${whole.toString(16)}`,
          `0${whole.toString(8)}`,
          `${a}.${tail}`,
          `0x${hex(a)}.0${b.toString(8)}.${(c << 8) | d}`,
          `${dotted}.`,
          [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
        ];
        for (const spelling of spellings)
          expect([spelling, verdict(`http://${spelling}/`)]).toEqual([spelling, expected]);
      }),
      { numRuns: 500 },
    );
  });

  it('an IPv4 address inside an IPv6 one is refused', () => {
    fc.assert(
      fc.property(ipv4, ([a, b, c, d]) => {
        const high = hex(a) + hex(b);
        const low = hex(c) + hex(d);
        const flipped = `${hex(~((a << 8) | b) & 0xffff, 4)}:${hex(~((c << 8) | d) & 0xffff, 4)}`;
        for (const address of [
          `::ffff:${a}.${b}.${c}.${d}`,
          `::${high}:${low}`,
          `64:ff9b::${high}:${low}`,
          `64:ff9b:1::${high}:${low}`,
          `2002:${high}:${low}::1`,
          `2001:0:4136:e378:8000:63bf:${flipped}`,
          `2606:4700::5efe:${high}:${low}`,
        ]) {
          expect([address, verdict(`http://[${address}]/`)]).not.toEqual([address, expect.stringMatching(/^http/)]);
          expect([address, addressVerdict(address)]).not.toEqual([address, 'open']);
        }
      }),
    );
  });

  it('an IPv6 address is judged alike in a URL and as an answer of DNS, in each of its forms', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const { hostname } = new URL(`http://[${address}]/`);
        const written = verdict(`http://[${address}]/`);
        const expected = written.startsWith('http') ? 'open' : written;
        expect([addressVerdict(address), addressVerdict(hostname.slice(1, -1))]).toEqual([expected, expected]);
      }),
      { numRuns: 1000 },
    );
  });

  it('outside of 2000::/3 no IPv6 address is reached', () => {
    const word = fc.nat(0xffff);
    fc.assert(
      fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), (words) => {
        fc.pre(((words[0] ?? 0) & 0xe000) !== 0x2000);
        const address = words.map((part) => part.toString(16)).join(':');
        expect(addressVerdict(address)).not.toBe('open');
      }),
    );
  });

  it('what is let through is an http(s) URL without a user, to a host that is not inside', () => {
    const pieces = fc.constantFrom(
      'http',
      'https',
      ':',
      '//',
      '@',
      '\\',
      '/',
      '#',
      '?',
      '.',
      '%2e',
      '127.0.0.1',
      'localhost',
      '[::1]',
      '10.1',
      '\t',
      '。',
      'example.com',
      '0x7f',
      ':80',
      'a',
    );
    const anything = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
      fc.array(pieces).map((parts) => `http://${parts.join('')}`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const result = verdict(text);
        if (/^[a-z_]+$/.test(result)) return;
        const url = new URL(result);
        expect(url.protocol).toMatch(/^https?:$/);
        expect(url.username + url.password).toBe('');
        expect(url.hostname).not.toMatch(/^localhost$|\.localhost$|^[^.]+$/);
        expect(isIPv4(url.hostname) && inside.check(url.hostname)).toBe(false);
        // Whoever reads it again comes to the same result.
        expect(verdict(result)).toBe(result);
      }),
      { numRuns: 2000 },
    );
  });

  it('a blocked domain is blocked under every name it has', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,10}$/);
    fc.assert(
      fc.property(label, fc.array(label, { maxLength: 3 }), fc.nat(2), fc.boolean(), (name, below, dots, upper) => {
        const host = [...below, name, 'example'].join('.') + '.'.repeat(Math.min(dots, 1));
        const url = `https://${upper ? host.toUpperCase() : host}/`;
        expect(verdict(url, { domain_blocklist: [`${name}.example`] })).toBe('blocked_domain');
      }),
    );
  });
});

describe('[security.url_access]', () => {
  const load = async (toml: string, env: Record<string, string> = {}) => {
    const dir = await tempDir();
    try {
      await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
      return await loadConfig({ sections: [UrlAccessConfig], configDir: dir.path, env });
    } finally {
      await dir.remove();
    }
  };

  it.each([
    [
      'allow_loopbak = true',
      /security\.url_access\.allow_loopbak.*not a key of \[security\.url_access\]; its keys are .*allow_loopback/,
    ],
    ['allow_cidrs = ["10.0.0.0/33"]', /allow_cidrs.*range such as 10\.20\.0\.0\/16/],
    ['allow_cidrs = ["wiki.corp"]', /allow_cidrs/],
    ['block_private_ip = "no"', /block_private_ip.*true or false/],
  ])('refuses %s', async (line, message) => {
    await expect(load(`[security.url_access]\n${line}\n`)).rejects.toThrow(message);
  });

  it('is read from the environment too', async () => {
    const config = await load('', {
      ZEROCLAW_URL_ACCESS_ALLOW_LOOPBACK: 'true',
      ZEROCLAW_URL_ACCESS_ALLOW_CIDRS: '10.1.0.0/16, fd00::/8',
      ZEROCLAW_URL_ACCESS_DOMAIN_BLOCKLIST: 'example.org',
    });
    expect(config.get(UrlAccessConfig)).toMatchObject({
      allow_loopback: true,
      allow_cidrs: ['10.1.0.0/16', 'fd00::/8'],
      domain_blocklist: ['example.org'],
    });
  });
});
