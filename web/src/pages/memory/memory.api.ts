import { request } from '../../api/request';

export interface Memory {
  id: string;
  key: string;
  content: string;
  category: string;
  timestamp: string;
  session_id: string | null;
  /** 0 to 1, in answers to a question. */
  score: number | null;
  /** This device stored it, so that storing the key again replaces it. */
  own: boolean;
}

export interface MemoryFilter {
  query: string;
  category: string;
}

export interface MemoryPage {
  entries: Memory[];
  next_cursor: string | null;
}

export function findMemories({ query, category }: MemoryFilter, cursor?: string): Promise<MemoryPage> {
  const asked = new URLSearchParams({ limit: '50' });
  if (query !== '') asked.set('query', query);
  if (category !== '') asked.set('category', category);
  if (cursor !== undefined) asked.set('cursor', cursor);
  return request(`/api/memory?${asked}`);
}

export function remember(entry: Pick<Memory, 'key' | 'content' | 'category'>): Promise<unknown> {
  return request('/api/memory', { json: entry });
}

export function forget(key: string): Promise<unknown> {
  return request(`/api/memory/${encodeURIComponent(key)}`, { method: 'DELETE' });
}
