import { currentToken, forgetToken } from '../../session/token';
import type { ServerFrame } from './frames';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const UNAUTHORIZED = 4401;

export type SocketState = 'connecting' | 'open' | 'waiting';

interface Watchers {
  onFrame: (frame: ServerFrame) => void;
  onState: (state: SocketState) => void;
}

/** A socket of one session that comes back by itself, after ever longer waits, until it is closed. */
export class ChatSocket {
  private socket: WebSocket | undefined;
  private timer: number | undefined;
  private wait = FIRST_WAIT_MS;
  private closed = false;

  constructor(
    private readonly sessionId: string,
    private readonly watchers: Watchers,
  ) {
    this.open();
  }

  /** False when there is no connection: nothing was sent. */
  send(frame: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(): void {
    this.watchers.onState('connecting');
    const address = new URL('/ws/chat', window.location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    address.searchParams.set('session_id', this.sessionId);
    const token = currentToken();
    const socket = new WebSocket(address, token === null ? ['zeroclaw.v1'] : ['zeroclaw.v1', `bearer.${token}`]);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.wait = FIRST_WAIT_MS;
      this.watchers.onState('open');
    });
    socket.addEventListener('message', ({ data }) => {
      this.watchers.onFrame(JSON.parse(String(data)) as ServerFrame);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.closed) return;
      if (code === UNAUTHORIZED) forgetToken();
      else this.comeBack();
    });
  }

  private comeBack(): void {
    this.watchers.onState('waiting');
    this.timer = window.setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
