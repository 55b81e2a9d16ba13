import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What kind of network an address belongs to. Only `public` ones may be reached without leave. */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link_local'
  /** Where clouds hand out credentials to whoever asks from inside. */
  | 'metadata'
  | 'multicast'
  /** An IPv6 address that stands for an IPv4 one: mapped, compatible, NAT64, 6to4, Teredo, ISATAP. */
  | 'tunnelled'
  | 'reserved';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

const BY_RANGE: Record<string, AddressKind> = {
  unicast: 'public',
  loopback: 'loopback',
  unspecified: 'reserved',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link_local',
  multicast: 'multicast',
  ipv4Mapped: 'tunnelled',
  rfc6145: 'tunnelled',
  rfc6052: 'tunnelled',
  '6to4': 'tunnelled',
  teredo: 'tunnelled',
};

/** AWS, GCP, Azure and most others; ECS tasks and EKS pods; Alibaba; Oracle's older one; Azure's host, which lies in a public range. */
const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.0.23',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
]);

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** ::/96, without :: and ::1 an IPv4 address in disguise that routers must not forward. */
const COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

/** The address in a text of DNS or of a URL, a zone left out; undefined when it is none. Nothing is turned into IPv4 here. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return isIP(bare) !== 0 && ipaddr.isValid(bare) ? ipaddr.parse(bare) : undefined;
}

export function addressKind(address: Address): AddressKind {
  if (METADATA.has(address.toString())) return 'metadata';
  const kind = BY_RANGE[address.range()] ?? 'reserved';
  if (!isIpv6(address)) return kind;
  if (kind === 'public' || kind === 'reserved') {
    if (address.match(COMPATIBLE)) return address.range() === 'unspecified' ? 'reserved' : 'tunnelled';
    if (isIsatap(address)) return 'tunnelled';
  }
  return kind === 'public' && !address.match(GLOBAL_UNICAST) ? 'reserved' : kind;
}

/** The IPv4 address that a `tunnelled` one leads to. */
export function innerAddress(address: Address): Address | undefined {
  if (!isIpv6(address)) return undefined;
  const { parts } = address;
  const range = address.range();
  if (range === '6to4') return ipv4(parts[1], parts[2]);
  // Teredo writes the client's address with every bit flipped.
  if (range === 'teredo') return ipv4(~(parts[6] ?? 0) & 0xffff, ~(parts[7] ?? 0) & 0xffff);
  return ipv4(parts[6], parts[7]);
}

function isIpv6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6';
}

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ((parts[4] ?? 0) & ~0x0200) === 0 && parts[5] === 0x5efe;
}

function ipv4(high = 0, low = 0): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}
