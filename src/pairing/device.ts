import type { Principal, Scope } from '../platform/http/principal';
import { formatScopes, parseScopes, SCOPES } from './grant';
import type { DevicesTable } from './pairing.tables';

/** What makes the token valid: its line in config.toml, its row (team mode), the environment, or only this process. */
export type DeviceOrigin = 'file' | 'database' | 'environment' | 'process';

/** A paired client as the gateway keeps it in memory. Times are milliseconds since the epoch. */
export interface Device {
  readonly tokenHash: string;
  readonly origin: DeviceOrigin;
  readonly principal: Principal;
  readonly pairedBy: string | null;
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
  lastSeenAt: number | null;
  /** The `lastSeenAt` that the database knows. */
  savedSeenAt: number | null;
}

/** The public name of a device: the first 16 hex digits of its token's hash. */
export function deviceId(tokenHash: string): string {
  return tokenHash.slice(0, 16);
}

/** A hash without a row is a token from ZeroClaw or from an operator's editor: full scope. */
export function deviceOf(tokenHash: string, origin: DeviceOrigin, row?: DevicesTable): Device {
  const scopes: readonly Scope[] = row ? parseScopes(row.scopes) : SCOPES;
  const lastSeenAt = row?.last_seen_at ?? null;
  const expiresAt = row?.expires_at ?? null;
  const principal = { id: deviceId(tokenHash), name: row?.name ?? null, scopes };
  return {
    tokenHash,
    origin,
    principal: Object.freeze({ ...principal, ...(expiresAt !== null && { expiresAt }) }),
    pairedBy: row?.paired_by ?? null,
    createdAt: row?.created_at ?? null,
    expiresAt,
    lastSeenAt,
    savedSeenAt: lastSeenAt,
  };
}

export function isExpired(device: Device, now: number): boolean {
  return device.expiresAt !== null && now >= device.expiresAt;
}

/** The row of a device that may not have one yet. */
export function rowOf(device: Device): DevicesTable {
  return {
    token_hash: device.tokenHash,
    name: device.principal.name,
    scopes: formatScopes(device.principal.scopes),
    paired_by: device.pairedBy,
    created_at: device.createdAt,
    last_seen_at: device.lastSeenAt,
    expires_at: device.expiresAt,
    revoked_at: null,
  };
}
