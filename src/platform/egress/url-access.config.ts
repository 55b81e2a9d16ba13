import { IsArray, IsBoolean, IsString, Validate, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import { Key, Section } from '../config/section';
import { parseCidr } from '../http/client-address';

@ValidatorConstraint({ name: 'cidr' })
class IsCidr implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && parseCidr(value) !== undefined;
  }

  defaultMessage(): string {
    return 'each entry an address or a range such as 10.20.0.0/16';
  }
}

/** `[security.url_access]`: where calls may go whose address comes out of a conversation. */
@Section(
  'security.url_access',
  'Where calls may go whose address comes out of a conversation. What you write into this file yourself, such as the URL of a model host, is not concerned.',
  { closed: true },
)
export class UrlAccessConfig {
  @Key({
    doc: 'Refuse private networks and names that only exist inside. False opens private addresses; loopback, link-local and the metadata services of clouds stay closed.',
    env: 'ZEROCLAW_URL_ACCESS_BLOCK_PRIVATE_IP',
    live: true,
  })
  @IsBoolean()
  block_private_ip = true;

  @Key({ doc: 'Allow this machine itself.', env: 'ZEROCLAW_URL_ACCESS_ALLOW_LOOPBACK', live: true })
  @IsBoolean()
  allow_loopback = false;

  @Key({
    doc: 'Ranges that are allowed although they are not public. A metadata service opens only with an entry that names its single address.',
    env: 'ZEROCLAW_URL_ACCESS_ALLOW_CIDRS',
    live: true,
    example: ['10.20.0.0/16'],
  })
  @IsArray()
  @Validate(IsCidr, { each: true })
  allow_cidrs: string[] = [];

  @Key({
    doc: 'Hosts that are allowed whatever address they have, with everything below them. They are looked up like the system does, /etc/hosts included.',
    env: 'ZEROCLAW_URL_ACCESS_ALLOW_DOMAINS',
    live: true,
    example: ['wiki.corp.example'],
  })
  @IsArray()
  @IsString({ each: true })
  allow_domains: string[] = [];

  @Key({
    doc: 'Allow only the hosts of domain_allowlist.',
    env: 'ZEROCLAW_URL_ACCESS_ENFORCE_DOMAIN_ALLOWLIST',
    live: true,
  })
  @IsBoolean()
  enforce_domain_allowlist = false;

  @Key({
    doc: 'The hosts that may be reached when the list is enforced, with everything below them; *.example.com means only what is below.',
    env: 'ZEROCLAW_URL_ACCESS_DOMAIN_ALLOWLIST',
    live: true,
    example: ['example.com'],
  })
  @IsArray()
  @IsString({ each: true })
  domain_allowlist: string[] = [];

  @Key({
    doc: 'Hosts that are never reached, with everything below them; it goes before every other list.',
    env: 'ZEROCLAW_URL_ACCESS_DOMAIN_BLOCKLIST',
    live: true,
    example: ['example.org'],
  })
  @IsArray()
  @IsString({ each: true })
  domain_blocklist: string[] = [];

  @Key({
    doc: 'Refuse hosts that neither approved_domains nor domain_allowlist names.',
    env: 'ZEROCLAW_URL_ACCESS_REQUIRE_FIRST_VISIT_APPROVAL',
    live: true,
  })
  @IsBoolean()
  require_first_visit_approval = false;

  @Key({
    doc: 'Hosts that an operator has approved.',
    env: 'ZEROCLAW_URL_ACCESS_APPROVED_DOMAINS',
    live: true,
    example: ['example.net'],
  })
  @IsArray()
  @IsString({ each: true })
  approved_domains: string[] = [];
}
