import type { AnswerBody } from '../platform/egress/answer-body';
import type { EgressAnswer } from '../platform/egress/exchange';
import { cut, malformed } from './failure';
import type { ModelHost } from './model-host';
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
  response: EgressAnswer,
  decoder: AnswerDecoder,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  try {
    if (String(response.headers['content-type']).startsWith('application/json')) {
      yield* decoder.whole(JSON.parse(await response.body.text(WHOLE_ANSWER_LIMIT)));
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
  response: EgressAnswer,
  decoder: AnswerDecoder,
): AsyncGenerator<ModelEvent, void, undefined> {
  const reader = new SseReader();
  let received = false;
  let understood = false;
  for await (const chunk of response.body) {
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

function release(body: AnswerBody, ended: boolean): void {
  // The few bytes behind the last event are what makes the connection reusable.
  if (ended || body.ended) body.drain();
  else body.discard();
}

function translate(host: ModelHost, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProviderError) return error;
  if (error instanceof SyntaxError || error instanceof OversizedStream) return malformed(host.id, error);
  return host.broken(error, signal);
}
