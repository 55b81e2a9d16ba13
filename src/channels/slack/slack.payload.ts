import { isObject, jsonOf, listOf, objectOf, textOf, type WireObject } from '../core/wire-value';
import { readableSlack } from './slack-text';

/** A message that a person wrote to the app or in a channel it is in. */
export interface SlackMessage {
  kind: 'message';
  channel: string;
  /** Slack's name of the message in its channel, a time in seconds with six more digits. */
  ts: string;
  /** The message that its thread began with; undefined outside of threads. */
  thread: string | undefined;
  user: string;
  text: string;
  /** Names of the files that were shared with it. */
  files: readonly string[];
  /** Only the sender and the app read it. */
  direct: boolean;
  mentioned: boolean;
}

export type SlackEvent =
  SlackMessage | { kind: 'own' } | { kind: 'other' } | { kind: 'url_verification'; challenge: string };

const OWN: SlackEvent = { kind: 'own' };
const OTHER: SlackEvent = { kind: 'other' };
const ID = /^[A-Z0-9]{2,32}$/;
const TS = /^\d{1,12}\.\d{1,9}$/;
/** What people write has no subtype, but for these. https://docs.slack.dev/reference/events/message#subtypes */
const WRITTEN = new Set(['', 'file_share', 'thread_broadcast', 'me_message']);

/**
 * Reads a request of the Events API (https://docs.slack.dev/apis/events-api). A mention in a channel can arrive twice, as `app_mention` and
 * as `message`: both read the same. Undefined when the body is not of the Events API at all.
 */
export function parseSlack(body: Buffer): SlackEvent | undefined {
  const payload = jsonOf(body);
  if (!isObject(payload)) return undefined;
  if (payload.type === 'url_verification') return { kind: 'url_verification', challenge: textOf(payload.challenge) };
  if (payload.type !== 'event_callback') return typeof payload.type === 'string' ? OTHER : undefined;
  const event = objectOf(payload.event);
  if (event.type !== 'message' && event.type !== 'app_mention') return OTHER;
  const app = appIn(payload);
  const user = textOf(event.user);
  const subtype = textOf(event.subtype);
  if (event.bot_id !== undefined || subtype === 'bot_message' || user === 'USLACKBOT' || (user && user === app))
    return OWN;
  const [channel, ts, thread] = [textOf(event.channel), textOf(event.ts), textOf(event.thread_ts)];
  if (!WRITTEN.has(subtype) || !ID.test(channel) || !ID.test(user) || !TS.test(ts)) return OTHER;
  const written = textOf(event.text);
  const files = listOf(event.files).map((file) => textOf(objectOf(file).name) || 'a file');
  const text = readableSlack(written, app);
  if (!written && files.length === 0) return OTHER;
  return {
    kind: 'message',
    channel,
    ts,
    thread: TS.test(thread) ? thread : undefined,
    user,
    text: text || (files.length === 0 ? written : ''),
    files,
    direct: event.channel_type === 'im' || channel.startsWith('D'),
    mentioned: event.type === 'app_mention' || (app !== '' && written.includes(`<@${app}`)),
  };
}

/** The app's own user, where the event tells. */
function appIn(payload: WireObject): string {
  const bot = listOf(payload.authorizations)
    .map(objectOf)
    .find(({ is_bot }) => is_bot === true);
  return textOf(bot?.user_id);
}
