import type { ServerResponse } from 'node:http';
import type { GatewayRequest } from '../platform/http/principal';
import type { FinishReason, ModelEvent, ToolCall, Usage } from '../providers/provider';
import { ChunkFrames } from './chunk-frames';
import { completionBody } from './completion-wire';
import type { CompletionHead } from './completion-wire';
import { EventStream } from './event-stream';

/** Whoever answers, a model or the agent, in the words of a model. */
export type AnswerEvents = AsyncIterable<ModelEvent>;

/** Collects the whole answer and sends it as one JSON object. */
export async function writeCompletion(
  events: AnswerEvents,
  response: ServerResponse,
  head: CompletionHead,
): Promise<void> {
  let text = '';
  let usage: Usage | undefined;
  let finishReason: FinishReason = 'stop';
  const toolCalls = new Map<number, ToolCall>();
  for await (const event of events) {
    if (event.type === 'text') text += event.text;
    else if (event.type === 'usage') usage = event.usage;
    else if (event.type === 'finish') finishReason = event.reason;
    else if (event.type === 'tool_call') {
      const call = toolCalls.get(event.index) ?? { id: event.id ?? '', name: event.name ?? '', arguments: '' };
      toolCalls.set(event.index, { ...call, arguments: call.arguments + event.arguments });
    }
  }
  const answer = completionBody(head, { text, toolCalls: [...toolCalls.values()], usage, finishReason });
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
}

/** A silent stream says that it lives at this interval, because proxies take silence for death. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends the answer as chunks while it comes into being. Until the first event the status is still open, so an early failure
 * is rejected and becomes a plain error; a stream that stays silent for long opens with a heartbeat instead.
 */
export async function writeChunks(
  events: AnswerEvents,
  request: GatewayRequest,
  response: ServerResponse,
  head: CompletionHead,
  includeUsage: boolean,
  heartbeatMs = HEARTBEAT_MS,
): Promise<void> {
  const frames = new ChunkFrames(head, includeUsage);
  let pressure: Promise<void> | undefined;
  const stream = new EventStream(response, () => (pressure = drained(response)));
  const send = (frame: string) => {
    if (!stream.opened) {
      stream.open();
      stream.write(Buffer.from(frames.opening()));
    }
    stream.write(Buffer.from(frame));
  };
  const heartbeat = setInterval(() => send(': still working\n\n'), heartbeatMs);
  try {
    for await (const event of events) {
      const frame = frames.of(event);
      if (frame !== undefined) send(frame);
      heartbeat.refresh();
      if (pressure !== undefined) {
        await pressure;
        pressure = undefined;
      }
    }
    send(frames.closing());
    stream.end();
  } catch (error) {
    if (!stream.opened) throw error;
    stream.fail(error, request);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Resolves when the client has caught up or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
