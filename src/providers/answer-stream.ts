import type { Dispatcher } from 'undici';
import { cut, malformed } from './failure';
import { discard, readText, type ModelHost } from './model-host';
import type { ModelEvent } from './provider';
import { ProviderError } from './provider-error';
import { OversizedStream, SseReader } from './sse-reader';

const WHOLE_ANSWER_LIMIT = 16 * 1024 * 1024;

/** Understands one protocol: the data of its events, or the whole answer of a host that does not stream. Keeps the state of one answer. */
export interface AnswerDecoder {
  /** The protocol's last event was seen; what follows does not matter. */
  readonly ended: boolean;
  accept(data: string): ModelEvent[];
  whole(json: unknown): ModelEvent[];
  /** The closing `usage` and `finish`; undefined when the answer is not complete. */
  finish(): ModelEvent[] | undefined;
}

/** Reads a host's answer as events while it arrives. Throws ProviderError or the signal's reason, and never leaves the body open. */
export async function* readAnswer(
  host: ModelHost,
  response: Dispatcher.ResponseData,
  decoder: AnswerDecoder,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  try {
    if (String(response.headers['content-type']).startsWith('application/json')) {
      yield* decoder.whole(JSON.parse(await readText(response, WHOLE_ANSWER_LIMIT)));
    } else {
      yield* readStream(response, decoder);
    }
  } catch (error) {
    throw translate(host, error, signal);
  } finally {
    release(response.body, decoder.ended);
  }
  const last = decoder.finish();
  if (!last) throw cut(host.id);
  yield* last;
}

async function* readStream(
  response: Dispatcher.ResponseData,
  decoder: AnswerDecoder,
): AsyncGenerator<ModelEvent, void, undefined> {
  const reader = new SseReader();
  let received = false;
  let understood = false;
  // Leaving the loop must not destroy the body: the few bytes behind the last event are what makes the connection reusable.
  for await (const chunk of response.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received = true;
    for (const data of reader.push(chunk)) {
      understood = true;
      yield* decoder.accept(data);
      if (decoder.ended) return;
    }
  }
  for (const data of reader.end()) {
    understood = true;
    yield* decoder.accept(data);
  }
  if (received && !understood) throw new SyntaxError('the answer holds no event');
}

function release(body: Dispatcher.ResponseData['body'], ended: boolean): void {
  if (body.destroyed) return;
  if (ended || body.readableEnded) body.dump().catch(() => undefined);
  else discard(body);
}

function translate(host: ModelHost, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProviderError) return error;
  if (error instanceof SyntaxError || error instanceof OversizedStream) return malformed(host.id, error);
  return host.broken(error, signal);
}
