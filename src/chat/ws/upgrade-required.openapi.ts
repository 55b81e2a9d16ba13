import type { ApiOf } from '../../platform/api-doc/documented';
import type { UpgradeRequiredController } from './upgrade-required.controller';

export const api: ApiOf<UpgradeRequiredController> = {
  explain: {
    tag: 'chat',
    summary: 'A conversation over a WebSocket',
    description:
      'Frames are JSON objects with a `type`, both ways; docs/websocket.md has them. Where no header can be set, the token goes into the ' +
      'sub-protocol `bearer.<token>` or into `?token=`.',
    access: [{ bearer: ['chat'] }],
    status: 101,
    query: ['session_id', 'token'],
    headers: ['Sec-WebSocket-Protocol'],
    parameters: {
      session_id: { description: 'Left out, a session begins; the first frame names it.' },
      token: { description: 'For clients that can set neither header nor sub-protocol; proxies may log it.' },
      'Sec-WebSocket-Protocol': { description: '`zeroclaw.v1`, and `bearer.<token>` in browsers.' },
    },
    answers: { 101: { description: 'The connection is a WebSocket now.' } },
    errors: {
      400: ['session.invalid_id', 'socket.handshake'],
      401: ['auth.invalid_token'],
      403: ['auth.scope_missing', 'socket.foreign_origin'],
      426: ['socket.upgrade_required'],
      429: ['socket.too_many', 'auth.too_many_failures'],
      503: ['socket.full', 'gateway.draining'],
    },
  },
};
