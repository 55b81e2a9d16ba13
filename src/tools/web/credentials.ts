import { matchesDomain, plainHost } from '../../platform/egress/domain-pattern';
import type { Environment } from '../../platform/environment';
import type { CredentialProfile, HttpRequestConfig } from './http-request.config';

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** A credential on its way into one call. */
export interface Credential {
  /** Its name in lower case, and its value. */
  header: Record<string, string>;
  /** Takes it out of a text that the other side sent back. */
  redact(text: string): string;
}

export type FoundCredential = { ok: true; credential: Credential } | { ok: false; reason: string };

/**
 * The credential of a profile, from the environment, when the URL is one that may receive it. Never throws and never tells a value: the
 * reason is a sentence for the model.
 */
export function findCredential(
  name: string,
  url: string,
  config: Readonly<HttpRequestConfig>,
  env: Environment,
): FoundCredential {
  const profiles = config.credential_profiles;
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!profile) {
    const names = Object.keys(profiles);
    return wrong(
      `there is no credential profile "${name.slice(0, 64)}". ${names.length > 0 ? `The profiles are: ${names.join(', ')}` : 'There are none'}`,
    );
  }
  const secret = env[profile.env_var];
  if (!secret) return wrong(`the credential of the profile "${name}" is not set; an operator has to provide it`);
  const hosts = hostsOf(profile, config);
  if (!hosts) {
    return wrong(
      `the profile "${name}" names no hosts; an operator has to set [http_request.credential_profiles.${name}] allowed_domains`,
    );
  }
  const target = URL.parse(url);
  const host = plainHost(target?.hostname ?? '');
  if (!matchesDomain(host, hosts)) return wrong(`the profile "${name}" is only for ${hosts.join(', ')}`);
  if (target?.protocol !== 'https:' && !LOOPBACK.test(host)) return wrong('a credential is only sent over https');
  const redact = (text: string) => text.replaceAll(secret, '[credential]');
  return {
    ok: true,
    credential: { header: { [profile.header_name.toLowerCase()]: profile.value_prefix + secret }, redact },
  };
}

/** A credential goes to hosts that somebody wrote down for it, never to whatever host a conversation comes up with. */
function hostsOf(profile: CredentialProfile, config: Readonly<HttpRequestConfig>): readonly string[] | undefined {
  const hosts = profile.allowed_domains.length > 0 ? profile.allowed_domains : config.allowed_domains;
  return hosts.some((host) => host.trim() === '*') ? undefined : hosts;
}

function wrong(reason: string): FoundCredential {
  return { ok: false, reason };
}
