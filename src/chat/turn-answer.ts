import type { ServerResponse } from 'node:http';
import { AppError } from '../platform/errors/app-error';
import { SseStream } from '../platform/http/sse';
import { discardAnswer } from '../platform/idempotency/answer-recorder';
import type { TurnEvent } from '../agent/turn';

export type DoneEvent = Extract<TurnEvent, { type: 'done' }>;

/** Runs a turn to its end. Throws the error it ended with. */
export async function finishTurn(events: AsyncIterable<TurnEvent>): Promise<DoneEvent> {
  for await (const event of events) {
    if (event.type === 'error') throw event.error;
    if (event.type === 'done') return event;
  }
  throw new AppError(500, 'internal', 'The turn ended without an answer');
}

/** How a door writes a turn's events as server-sent events. */
export interface FrameWriter {
  /** Undefined for events that the door does not show. */
  frame(event: TurnEvent): { data: string; event?: string } | undefined;
  /** What follows the last event, if anything. */
  end?: string;
}

/**
 * Passes a turn's events on as they come. The head is sent with the first frame, so that a turn that fails before it has said anything
 * is still answered with its status: then this throws.
 */
export async function streamTurn(
  events: AsyncIterable<TurnEvent>,
  response: ServerResponse,
  writer: FrameWriter,
): Promise<void> {
  let stream: SseStream | undefined;
  for await (const event of events) {
    if (event.type === 'error' && !stream) throw event.error;
    // A retry with the same idempotency key shall have another try.
    if (event.type === 'error') discardAnswer(response);
    const frame = writer.frame(event);
    if (!frame && event.type !== 'done') continue;
    stream ??= new SseStream(response);
    if (frame) await stream.write(frame.data, frame.event);
    if (stream.closed) break;
  }
  if (writer.end !== undefined) await stream?.write(writer.end);
  stream?.end();
}

/** What a client may know of a failure, as the fields of every native error. */
export function errorFields(error: Error): { error: string; code: string } {
  const isMeantForClients = error instanceof AppError;
  return {
    error: isMeantForClients ? error.message : 'Something went wrong inside the gateway',
    code: isMeantForClients ? error.code : 'internal',
  };
}
