import { ApiError } from '../api/api-error';
import { send } from '../api/request';

/** An event of the gateway: `type` and `timestamp`, and what belongs to the type. */
export interface FeedEvent {
  /** Unique within this page, growing. */
  key: number;
  type: string;
  timestamp: string;
  [field: string]: unknown;
}

const COME_BACK_MS = 2_000;
let keys = 0;

/**
 * Reads the live feed until `signal` is aborted; comes back by itself and goes on after the last event that has arrived.
 * Not an `EventSource`, because that cannot send the token.
 */
export async function readFeed(
  onEvent: (event: FeedEvent) => void,
  onState: (isLive: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId = '';
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastId !== '') headers['Last-Event-ID'] = lastId;
      const response = await send('/api/events', { headers, signal });
      onState(true);
      for await (const block of blocksOf(response)) {
        lastId = fieldOf(block, 'id') ?? lastId;
        const data = fieldOf(block, 'data');
        if (data !== undefined) onEvent({ ...(JSON.parse(data) as Omit<FeedEvent, 'key'>), key: keys++ } as FeedEvent);
      }
    } catch (error) {
      // Not allowed to look: coming back would change nothing.
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
    }
    onState(false);
    await pause(COME_BACK_MS, signal);
  }
}

async function* blocksOf({ body }: Response): AsyncGenerator<string> {
  if (!body) return;
  let text = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const blocks = (text + piece.value).split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
}

function fieldOf(block: string, name: string): string | undefined {
  return block
    .split('\n')
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
