import { get } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { until } from './until';

/** One block of a stream of server-sent events, parsed as WHATWG HTML §9.2.6 says. */
export interface SeenEvent {
  id: string;
  type: string;
  fields: Record<string, unknown>;
}

/** A client of `GET /api/events` on a socket of its own. */
export interface EventStream {
  readonly events: SeenEvent[];
  /** The id that a browser would send when it comes back. */
  readonly lastId: string;
  readonly raw: string;
  readonly response: IncomingMessage;
  /** The server has ended the stream or the connection is gone. */
  readonly over: boolean;
  /** The server has ended the stream properly. */
  readonly complete: boolean;
  of(type: string): Record<string, unknown>[];
  /** Resolves with the first event of the type that fits. */
  wait(type: string, fits?: (fields: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  leave(): void;
}

export interface ListenOptions {
  token: string;
  query?: string;
  lastId?: string | undefined;
}

/** Resolves when the head has come; rejects with the status when it is not 200. */
export async function listenTo(url: string, { token, query = '', lastId }: ListenOptions): Promise<EventStream> {
  const headers = { Authorization: `Bearer ${token}`, ...(lastId !== undefined && { 'Last-Event-ID': lastId }) };
  const request = get(`${url}/api/events${query}`, { headers, agent: false });
  const response = await headOf(request);
  const events: SeenEvent[] = [];
  const state = { lastId: lastId ?? '', raw: '', rest: '', over: false };
  request.on('error', () => (state.over = true));
  response.on('error', () => undefined);
  response.once('close', () => (state.over = true));
  response.setEncoding('utf8').on('data', (text: string) => {
    state.raw = (state.raw + text).slice(-4096);
    const blocks = (state.rest + text).split('\n\n');
    state.rest = blocks.pop() ?? '';
    for (const block of blocks) read(block);
  });

  function read(block: string): void {
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('id: ')) state.lastId = line.slice(4);
      if (line.startsWith('data: ')) data = line.slice(6);
    }
    if (data === '') return;
    const { type, ...fields } = JSON.parse(data) as { type: string };
    events.push({ id: state.lastId, type, fields });
  }

  const of = (type: string) => events.filter((event) => event.type === type).map(({ fields }) => fields);
  return {
    events,
    response,
    of,
    get lastId() {
      return state.lastId;
    },
    get raw() {
      return state.raw;
    },
    get over() {
      return state.over;
    },
    get complete() {
      return response.complete;
    },
    wait: async (type, fits = () => true) => {
      await until(() => of(type).some(fits));
      return of(type).find(fits) ?? {};
    },
    leave: () => request.destroy(),
  };
}

async function headOf(request: ClientRequest): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request.once('response', resolve).once('error', reject),
  );
  if (response.statusCode === 200) return response;
  let body = '';
  for await (const text of response.setEncoding('utf8')) body += text as string;
  throw new Error(`${response.statusCode} ${body}`);
}
