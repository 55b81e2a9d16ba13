/** Why this side ends a socket, with the code and the words of the close frame (RFC 6455, §7.4; from 4000 on they are our own). */
export const CLOSINGS = {
  revoked: { code: 4401, words: 'the token was revoked' },
  expired: { code: 4401, words: 'the token has expired' },
  slow: { code: 4408, words: 'reading too slowly; connect again and resume' },
  flood: { code: 1008, words: 'too many messages' },
  failed: { code: 1011, words: 'something went wrong; connect again' },
  draining: { code: 1012, words: 'the gateway is restarting; connect again' },
} as const;

export type Closing = keyof typeof CLOSINGS;

/** How a socket ended. Also a metric label, so the set is closed. */
export type SocketEnd = (typeof SOCKET_ENDS)[number];

export const SOCKET_ENDS = [
  ...(Object.keys(CLOSINGS) as Closing[]),
  /** The client closed it. */
  'client',
  /** The connection was gone without a word. */
  'lost',
  /** It did not answer a ping. */
  'no_pong',
  /** It sent a message that is too long. */
  'too_big',
  /** It broke the protocol. */
  'protocol',
] as const;
