import type { Principal } from './principal';

/** Who a bearer token belongs to. Implemented by the pairing room; answers from memory, so that the bearer guard stays synchronous. */
export abstract class TokenVerifier {
  /** Undefined for an unknown, revoked or expired token. */
  abstract verify(token: string): Principal | undefined;

  /** True when at least one token is valid. */
  abstract hasTokens(): boolean;
}
