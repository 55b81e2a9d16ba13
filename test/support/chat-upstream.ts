import type { ServerResponse } from 'node:http';
import { chunk, openStream, sse, startRawUpstream } from './upstream';
import type { RawUpstream } from './upstream';

/** What a question brings: the pieces of an answer, at once, or whatever the test writes itself. */
export type Answer = readonly string[] | ((stream: ServerResponse) => void | Promise<void>);

export interface ChatUpstream extends RawUpstream {
  /** What the model says to the newest message of the user. */
  answer: (question: string) => Answer;
  /** config.toml for a gateway in front of it. */
  toml: string;
}

/** A model host whose answers a test chooses by the question. */
export async function startChatUpstream(answer: (question: string) => Answer): Promise<ChatUpstream> {
  const raw = await startRawUpstream(async (response, request, body) => {
    if (request.method === 'GET') {
      // The list of models, which the doctor asks for.
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[{"id":"m"}]}');
      return;
    }
    const stream = openStream(response);
    const said = upstream.answer(questionIn(body));
    if (typeof said === 'function') await said(stream);
    else stream.end(pieces(...said) + end());
  });
  const toml = `default_provider = "custom:${raw.url}/v1"\ndefault_model = "m"\n[reliability]\nprovider_retries = 0\n[memory]\nbackend = "none"\n`;
  const upstream: ChatUpstream = Object.assign(raw, { answer, toml });
  return upstream;
}

export function pieces(...texts: string[]): string {
  return sse(...texts.map((content) => chunk({ content })));
}

export function end(): string {
  return sse(chunk({}, 'stop'), '[DONE]');
}

/** The newest message of the user, without what the gateway has put around it. */
export function questionIn(body: string): string {
  const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}
