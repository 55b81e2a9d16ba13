import type { Principal } from './principal';

/** Who a bearer token belongs to. Implemented by the pairing room; answers from memory, so that the bearer guard stays synchronous. */
export abstract class TokenVerifier {
  /**
   * Undefined for an unknown, revoked or expired token.
   * @param connection the caller's, on which the same token usually comes again
   */
  abstract verify(token: string, connection?: object): Principal | undefined;

  /** True when at least one token is valid. */
  abstract hasTokens(): boolean;
}
