import { request } from '../../api/request';

/** Something about the file, with its place where there is one; lines and columns count from 1. */
export interface Remark {
  key: string;
  line: number | null;
  column: number | null;
  message: string;
}

export interface Config {
  /** The file's text; secrets are masked, and a mask that comes back keeps its secret. */
  content: string;
  /** Names this very text: writing with it fails when somebody else was faster. */
  etag: string;
  file: string;
  writable: boolean;
  /** Why it cannot be written. */
  reason: string | null;
  /** Keys that come from outside of the file. */
  environment: { key: string; name: string }[];
  problems: Remark[];
  warnings: Remark[];
  restart_needed: string[];
}

interface Effect {
  changed: string[];
  live: string[];
  restart_needed: string[];
}

export interface Check extends Effect {
  ok: boolean;
  problems: Remark[];
  warnings: Remark[];
}

export interface Written extends Effect {
  etag: string;
}

export interface Revision {
  id: string;
  at: string;
  /** `api`, `gateway`, `file` or `start`. */
  source: string;
  by: string | null;
  note: string | null;
  changed: string[];
}

const TOML = 'application/toml';

export function readConfig(): Promise<Config> {
  return request('/api/config');
}

export function checkConfig(text: string): Promise<Check> {
  return request('/api/config/check', { method: 'POST', text, type: TOML });
}

export function writeConfig(text: string, etag: string): Promise<Written> {
  return request('/api/config', { method: 'PUT', text, type: TOML, headers: { 'If-Match': etag } });
}

export async function listRevisions(): Promise<Revision[]> {
  return (await request<{ revisions: Revision[] }>('/api/config/revisions?limit=50')).revisions;
}

/** What has changed from the revision to the present file, as a unified diff; null when nothing has. */
export async function diffOf(id: string): Promise<string | null> {
  return (await request<{ diff: string | null }>(`/api/config/revisions/${encodeURIComponent(id)}`)).diff;
}

export function rollBack(id: string): Promise<Written> {
  return request(`/api/config/revisions/${encodeURIComponent(id)}/rollback`, { method: 'POST' });
}
