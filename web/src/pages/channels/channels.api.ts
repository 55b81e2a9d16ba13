import { request } from '../../api/request';

export type ChannelStatus = 'off' | 'misconfigured' | 'failing' | 'ok';

export interface Channel {
  name: string;
  title: string;
  /** Where its platform delivers. */
  path: string;
  status: ChannelStatus;
  /** What its table lacks, as an instruction. */
  problem: string | null;
  allow_unsigned: boolean;
  inbound: { received: number; running: number; dead: number };
  outbound: { pending: number; sending: number; dead: number };
  oldest_waiting_seconds: number | null;
  last_received_at: string | null;
  last_sent_at: string | null;
  last_error: string | null;
}

export type Direction = 'inbound' | 'outbound';

interface LetterBase {
  id: string;
  status: string;
  conversation: string;
  attempts: number;
  error: string | null;
}

/** A message of a person, or an answer to one. */
export type Letter =
  | (LetterBase & { direction: 'inbound'; sender: string; text: string | null; received_at: string })
  | (LetterBase & { direction: 'outbound'; parts: string[]; created_at: string });

interface Letters {
  messages: Letter[];
  next_before: string | null;
}

export async function listChannels(): Promise<Channel[]> {
  return (await request<{ channels: Channel[] }>('/api/channels')).channels;
}

export function listLetters(name: string, direction: Direction, status: string, before: string): Promise<Letters> {
  const asked = new URLSearchParams({ direction, limit: '25', ...(status && { status }), ...(before && { before }) });
  return request(`/api/channels/${encodeURIComponent(name)}/messages?${asked}`);
}

export function retryLetter(id: string): Promise<unknown> {
  return request(`/api/channels/messages/${encodeURIComponent(id)}/retry`, { method: 'POST' });
}

export function deleteLetter(id: string): Promise<unknown> {
  return request(`/api/channels/messages/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
