import { parseCidr } from '../http/client-address';
import { addressKind, innerAddress, parseAddress } from './address-kind';
import type { Address, AddressKind } from './address-kind';
import { matchesDomain, plainHost } from './domain-pattern';
import { EgressRefusal } from './egress-refusal';
import type { RefusalReason } from './egress-refusal';
import type { UrlAccessConfig } from './url-access.config';

/** Hosts that one caller narrows down further, in the same notation as the lists of the configuration. */
export interface HostLists {
  /** Left out: every host. Empty: none. */
  allowed?: readonly string[];
  blocked?: readonly string[];
}

const MAX_URL_LENGTH = 8192;
const LOOPBACK_NAME = /^(localhost|.+\.localhost|localhost\.localdomain|localhost6?|ip6-(localhost|loopback))$/;
/** Names that the public DNS does not have: what answers to them is inside. */
const INTERNAL_NAME =
  /(^[^.]+|\.(local|localdomain|internal|intranet|intra|lan|home|corp|private|svc|cluster|home\.arpa|onion))$/;
/** Ports of protocols that take an HTTP request for commands of their own; browsers refuse them too (Fetch standard, "bad port"). */
const BAD_PORTS = new Set(
  `0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143
  161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045
  4190 5060 5061 6000 6379 6566 6665 6666 6667 6668 6669 6679 6697 10080 11211`.split(/\s+/),
);

/**
 * Where a call may go whose address a message can steer: pure rules over the text of a URL, its host and the addresses of that host.
 * Throws EgressRefusal for everything that is not allowed.
 */
export class UrlPolicy {
  constructor(
    private readonly access: Readonly<UrlAccessConfig>,
    private readonly lists: HostLists = {},
  ) {}

  /** Reads a URL and checks all that can be known without looking its host up. `base` is what a redirect is relative to. */
  read(text: string, base?: URL): URL {
    const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text, base?.href);
    if (!url) throw new EgressRefusal('malformed', `"${text.slice(0, 200)}" is not a complete http(s) URL`);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new EgressRefusal('scheme', `only http and https URLs are allowed, not ${url.protocol}`);
    }
    if (url.username !== '' || url.password !== '') {
      throw new EgressRefusal('userinfo', 'a user name or password inside of the URL is not allowed');
    }
    if (BAD_PORTS.has(url.port)) throw new EgressRefusal('port', `port ${url.port} is not one for http(s)`);
    // The root's dot would make other names of the same hosts, for every list and for certificates.
    url.hostname = plainHost(url.hostname);
    if (/^\.|\.\.|\.$/.test(url.hostname)) throw new EgressRefusal('malformed', `"${url.hostname}" is not a host name`);
    url.hash = '';
    this.checkHost(url);
    return url;
  }

  /** True when a URL's host is an address already. */
  isAddress(host: string): boolean {
    return parseAddress(host) !== undefined;
  }

  /** True when the operator named this host as one of their own, so that it is looked up like the system does. */
  isTrusted(host: string): boolean {
    return matchesDomain(host, this.access.allow_domains) || (this.access.allow_loopback && LOOPBACK_NAME.test(host));
  }

  /** The addresses of `host` that may be connected to, in their order; throws when there is none. */
  permitted<T extends { address: string }>(host: string, candidates: readonly T[]): T[] {
    const judged = candidates.map((candidate) => ({ candidate, kind: this.judge(host, candidate.address) }));
    const open = judged.filter(({ kind }) => kind === 'public').map(({ candidate }) => candidate);
    const [first] = judged;
    if (open.length === 0 && first) throw this.closed(host, first.kind);
    return open;
  }

  private checkHost({ hostname: host }: URL): void {
    const { access, lists } = this;
    if (matchesDomain(host, access.domain_blocklist) || matchesDomain(host, lists.blocked ?? [])) {
      throw new EgressRefusal('blocked_domain', `${host} is blocked by the operator`);
    }
    const listed = matchesDomain(host, access.domain_allowlist);
    if ((access.enforce_domain_allowlist && !listed) || (lists.allowed && !matchesDomain(host, lists.allowed))) {
      throw new EgressRefusal('not_listed', `${host} is not among the hosts that the operator allows`);
    }
    if (access.require_first_visit_approval && !listed && !matchesDomain(host, access.approved_domains)) {
      throw new EgressRefusal(
        'not_approved',
        `${host} is not approved: an operator has to add it to [security.url_access] approved_domains first`,
      );
    }
    const address = parseAddress(host);
    if (address) this.permitted(host, [{ address: host }]);
    else this.checkName(host);
  }

  private checkName(host: string): void {
    if (this.isTrusted(host)) return;
    if (LOOPBACK_NAME.test(host)) throw this.closed(host, 'loopback');
    if (this.access.block_private_ip && INTERNAL_NAME.test(host)) {
      throw new EgressRefusal('internal_name', `${host} is a name of an internal network, which is not allowed`);
    }
  }

  /** `public` also for what the operator opened; else the kind that keeps it closed. */
  private judge(host: string, text: string): AddressKind {
    const address = parseAddress(text);
    return address ? this.judgeAddress(address, matchesDomain(host, this.access.allow_domains)) : 'reserved';
  }

  private judgeAddress(address: Address, trusted: boolean): AddressKind {
    const kind = addressKind(address);
    if (kind === 'public') return kind;
    const range = this.access.allow_cidrs
      .map(parseCidr)
      .find((cidr) => cidr && cidr[0].kind() === address.kind() && address.match(cidr));
    if (kind === 'metadata') return range?.[1] === (address.kind() === 'ipv4' ? 32 : 128) ? 'public' : kind;
    if (kind === 'tunnelled') {
      // Opening a way into IPv4 does not open every address at its other end.
      const inner = range ? innerAddress(address) : undefined;
      return inner ? this.judgeAddress(inner, trusted) : kind;
    }
    const opened =
      trusted ||
      range !== undefined ||
      (kind === 'loopback' && this.access.allow_loopback) ||
      (kind === 'private' && !this.access.block_private_ip);
    return opened ? 'public' : kind;
  }

  private closed(host: string, kind: AddressKind): EgressRefusal {
    const reason: RefusalReason = kind === 'public' ? 'reserved' : kind;
    const what = reason.replace('_', '-');
    return new EgressRefusal(reason, `${host} leads to a ${what} address, which is not allowed; use a public address`);
  }
}
