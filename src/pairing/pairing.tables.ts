/** One-time codes that are still good. Times are milliseconds since the epoch. */
export interface PairingCodesTable {
  /** SHA-256 of the normalised code, lower-case hex; primary key. */
  code_hash: string;
  /** `startup`: shown by the banner while no token exists; `issued`: asked for by an admin or on the command line. */
  kind: 'startup' | 'issued';
  /** What the paired device will get. */
  name: string | null;
  /** Space-separated. */
  scopes: string;
  /** Lifetime of the token in days; null is unlimited. */
  token_days: number | null;
  created_at: number;
  /** Null for startup codes: they are good until used, replaced or rotated. */
  expires_at: number | null;
}

/** What is known of a token beside its hash. In team mode the row itself makes the token valid. */
export interface DevicesTable {
  /** SHA-256 of the token, lower-case hex; primary key. */
  token_hash: string;
  name: string | null;
  /** Space-separated. */
  scopes: string;
  paired_by: string | null;
  created_at: number | null;
  last_seen_at: number | null;
  expires_at: number | null;
  /** Set on revocation; the row stays, so that a hash that comes back (a restored file) is still refused. */
  revoked_at: number | null;
}

export interface PairingTables {
  pairing_codes: PairingCodesTable;
  devices: DevicesTable;
}
