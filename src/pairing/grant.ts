import type { Scope } from '../platform/http/principal';

export const SCOPES: readonly Scope[] = ['chat', 'read', 'admin'];

export const MAX_NAME_LENGTH = 100;
export const MAX_TOKEN_DAYS = 3650;

/** What a code gives to the device that redeems it. */
export interface Grant {
  name: string | null;
  scopes: readonly Scope[];
  /** Lifetime of the token in days; null is unlimited. */
  tokenDays: number | null;
}

/** A token that may do everything, for ever: what the startup code gives and what ZeroClaw's own tokens are. */
export const FULL_GRANT: Grant = { name: null, scopes: SCOPES, tokenDays: null };

export function formatScopes(scopes: readonly Scope[]): string {
  return SCOPES.filter((scope) => scopes.includes(scope)).join(' ');
}

/** Words that are no scope are dropped: an unknown right is no right. */
export function parseScopes(text: string): Scope[] {
  const words = text.split(' ');
  return SCOPES.filter((scope) => words.includes(scope));
}
