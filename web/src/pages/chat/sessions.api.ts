import { request } from '../../api/request';

export interface Session {
  id: string;
  /** What it began with. */
  title: string | null;
  created_at: string;
  updated_at: string;
  /** Ids of the runs that are on their way. */
  running: string[];
}

const LAST = 'zeroclaw.ws.session_id';

export async function listSessions(): Promise<Session[]> {
  return (await request<{ sessions: Session[] }>('/api/sessions?limit=50')).sessions;
}

export function deleteSession(id: string): Promise<unknown> {
  return request(`/api/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** The session that was open last, else a new one. */
export function lastSession(): string {
  return localStorage.getItem(LAST) ?? newSession();
}

export function keepLastSession(id: string): void {
  localStorage.setItem(LAST, id);
}

/** `crypto.randomUUID` is missing where the page comes over plain HTTP from another machine. */
export function newSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `web-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
