import { request } from '../../api/request';

export const SCOPES = ['chat', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Device {
  id: string;
  name: string | null;
  scopes: Scope[];
  created_at: string | null;
  last_seen_at: string | null;
  expires_at: string | null;
  expired: boolean;
  paired_by: string | null;
  /** It is the one that asks. */
  current: boolean;
}

export interface NewDevice {
  name: string;
  scopes: Scope[];
  expires_in_days: number | undefined;
}

export interface PairingCode {
  code: string;
  expires_at: string;
}

export async function listDevices(): Promise<Device[]> {
  return (await request<{ devices: Device[] }>('/api/pairing/devices')).devices;
}

export function issueCode({ name, ...grant }: NewDevice): Promise<PairingCode> {
  return request('/api/pairing/codes', { json: { ...grant, name: name.trim() || undefined } });
}

export function revokeDevice(id: string): Promise<unknown> {
  return request(`/api/pairing/devices/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
