import { createHash } from 'node:crypto';
import type { TurnRequest } from '../../agent/turn';
import type { InboundMessage } from '../core/channel';

const UNFIT = /[^A-Za-z0-9_.:/#@+=-]/g;
const LONGEST_SESSION = 256;

/** The turn that a message starts. `turnKey` is the message's own id, so that a turn which is run again is kept once. */
export function turnOf(channel: string, message: InboundMessage, turnKey: string): TurnRequest & { sessionId: string } {
  const { conversation, sender, text, owner, sessionId, audience } = message;
  return {
    door: 'channel',
    owner: owner ?? `channel:${channel}:${sender}`,
    sessionId: fit(sessionId ?? `${channel}_${conversation}_${sender}`),
    messages: [{ role: 'user', content: text }],
    mode: 'agent',
    whole: true,
    turnKey,
    ...(audience !== undefined && { audience }),
  };
}

/** Platforms name things with more characters, and longer, than sessions are named; the hash keeps two of them apart. */
function fit(id: string): string {
  const plain = id.replaceAll(UNFIT, '-');
  if (plain === id && id.length <= LONGEST_SESSION) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${plain.slice(0, LONGEST_SESSION - 17)}-${hash}`;
}
