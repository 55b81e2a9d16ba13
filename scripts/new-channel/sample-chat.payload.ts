import { idOf, isObject, jsonOf, textOf } from '../../src/channels/core/wire-value';

const MAX_ID = 512;

/** What Sample Chat sends for a message: `{"id", "from", "text"}`. */
export interface SampleChatMessage {
  id: string;
  from: string;
  text: string;
}

/** Undefined when the body is no JSON object; `other` for what is no message of a person. */
export function readSampleChat(body: Buffer): SampleChatMessage | 'other' | undefined {
  const payload = jsonOf(body);
  if (!isObject(payload)) return undefined;
  const message = { id: idOf(payload.id), from: idOf(payload.from), text: textOf(payload.text) };
  const ids = [message.id, message.from];
  return message.text === '' || ids.some((id) => id === '' || id.length > MAX_ID) ? 'other' : message;
}
