import type { ServerResponse } from 'node:http';
import type { GatewayRequest } from '../platform/http/principal';
import { SseStream } from '../platform/http/sse';
import type { FinishReason, ModelEvent, ToolCall, Usage } from '../providers/provider';
import { ChunkFrames } from './chunk-frames';
import { completionBody } from './completion-wire';
import type { CompletionHead } from './completion-wire';
import { streamFailure } from './stream-failure';

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

/** A stream opens without a word after this time, because proxies take silence for death. */
const SILENCE_MS = 15_000;

/**
 * Sends the answer as chunks while it comes into being. Until the first event the status is still open, so an early failure
 * is rejected and becomes a plain error.
 */
export async function writeChunks(
  events: AnswerEvents,
  request: GatewayRequest,
  response: ServerResponse,
  head: CompletionHead,
  includeUsage: boolean,
): Promise<void> {
  const frames = new ChunkFrames(head, includeUsage);
  let opened: SseStream | undefined;
  const open = () => {
    clearTimeout(silence);
    opened = new SseStream(response);
    void opened.write(frames.opening());
    return opened;
  };
  const silence = setTimeout(open, SILENCE_MS);
  try {
    for await (const event of events) {
      const frame = frames.of(event);
      if (frame !== undefined) await (opened ?? open()).write(frame);
    }
    const stream = opened ?? open();
    for (const frame of frames.closing()) void stream.write(frame);
    stream.end();
  } catch (error) {
    if (opened === undefined) throw error;
    void opened.write(streamFailure(error, request, response));
    opened.end();
  } finally {
    clearTimeout(silence);
  }
}
