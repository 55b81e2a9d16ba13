import type { Scope } from '../platform/http/principal';
import { isExpired } from './device';
import type { Device } from './device';

/** A device as `GET /api/pairing/devices` shows it. Times are RFC 3339 in UTC. */
export interface DeviceView {
  id: string;
  token_fingerprint: string;
  created_at: string | null;
  last_seen_at: string | null;
  paired_by: string | null;
  name: string | null;
  scopes: readonly Scope[];
  expires_at: string | null;
  expired: boolean;
  /** It is the caller's own. */
  current: boolean;
}

export function viewDevice(device: Device, now: number, callerId: string): DeviceView {
  const { id, name, scopes } = device.principal;
  return {
    id,
    token_fingerprint: id,
    created_at: timestamp(device.createdAt),
    last_seen_at: timestamp(device.lastSeenAt),
    paired_by: device.pairedBy,
    name,
    scopes,
    expires_at: timestamp(device.expiresAt),
    expired: isExpired(device, now),
    current: id === callerId,
  };
}

function timestamp(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
