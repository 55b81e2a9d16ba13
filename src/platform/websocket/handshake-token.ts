import type { IncomingMessage } from 'node:http';

const ITEM_PREFIX = 'bearer.';

/** The sub-protocol of this gateway. */
export const SUB_PROTOCOL = 'zeroclaw.v1';

/**
 * The token of a handshake, from the first carrier that has one: `Authorization: Bearer <token>`, the sub-protocol `bearer.<token>` (the only
 * header that a browser's script can set), `?token=<token>`. What the first carrier says is final, also when it is wrong.
 */
export function handshakeToken({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
  const { authorization } = headers;
  if (authorization?.trim().startsWith('Bearer ')) {
    const token = authorization.trim().slice('Bearer '.length).trim();
    if (token !== '') return token;
  }
  const item = offered(headers['sec-websocket-protocol']).find((name) => name.startsWith(ITEM_PREFIX));
  const inProtocol = item?.slice(ITEM_PREFIX.length);
  return inProtocol || queryValue(query, 'token');
}

/**
 * The sub-protocol to answer with: ours when the client offers it. A client that offers nothing but its token has it echoed, since browsers
 * fail a connection whose offer is not taken up at all; the echo goes to nobody but the one who sent it. Otherwise none is chosen.
 */
export function chooseSubProtocol(names: ReadonlySet<string>): string | false {
  if (names.has(SUB_PROTOCOL)) return SUB_PROTOCOL;
  const [first = ''] = names;
  return names.size > 0 && [...names].every((name) => name.startsWith(ITEM_PREFIX)) ? first : false;
}

/** The first value of the name that is not blank, trimmed. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  return query
    .getAll(name)
    .map((value) => value.trim())
    .find((value) => value !== '');
}

function offered(header: string | undefined): string[] {
  return (header ?? '').split(',').map((name) => name.trim());
}
