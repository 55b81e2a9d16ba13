import type { AddressKind } from './address-kind';

/** Why the guard does not let a call out. A closed set, for metrics and for whoever wants to say more. */
export type RefusalReason =
  | 'malformed'
  | 'scheme'
  | 'userinfo'
  | 'port'
  | 'internal_name'
  | 'blocked_domain'
  | 'not_listed'
  | 'not_approved'
  | 'too_many_redirects'
  | Exclude<AddressKind, 'public'>;

/**
 * A call that the URL policy does not allow. The message is a sentence for the one who asked; it names the host as it was written,
 * never an address that the name resolved to, which would tell strangers how the network is laid out.
 */
export class EgressRefusal extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
    this.name = 'EgressRefusal';
  }
}
