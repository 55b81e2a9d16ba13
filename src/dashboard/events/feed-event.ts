/** The types of the feed, besides `gap`, which is about the feed itself. docs/events.md has their fields. */
export const FEED_TYPES = [
  'agent_start',
  'agent_end',
  'llm_request',
  'llm_response',
  'tool_call_start',
  'tool_call',
  'tool_result',
  'channel_message',
  'cron_run',
  'approval',
  'config_changed',
  'tunnel',
  'pairing',
  'error',
] as const;
export type FeedType = (typeof FEED_TYPES)[number];

/** As they are written; what is undefined is left out. */
export type FeedFields = Record<string, string | number | boolean | null | readonly string[] | undefined>;

/** Something that happened. Never what was said: no texts, no arguments, no outputs, no secrets. */
export interface Happening {
  type: FeedType;
  /** What everybody may know who may look at the feed. */
  fields: FeedFields;
  /** Who and where: added, or put in the place of fields, for the scope `admin` and for the owner. */
  details?: FeedFields;
  /** The id of the principal whose doing it is. */
  owner?: string | undefined;
}

/** What an event weighs beside its texts. */
const WEIGHT_OF_FIELD = 24;
const WEIGHT_OF_EVENT = 200;
/** The event itself, and the two ways in which it can be put into words. */
const TIMES_KEPT = 3;
/** Callers choose some of the names. */
const LONGEST_TEXT = 300;
const LONGEST_LIST = 50;

/** One event of the feed with its place in it. It is put into words when somebody reads it, once for everybody who may see the same. */
export class FeedEvent {
  /** Roughly the bytes that it occupies once it was read. */
  readonly weight: number;
  private whole: string | undefined;
  private outline: string | undefined;

  /**
   * @param number 1, 2, 3… since the process began
   * @param at milliseconds since the epoch
   */
  constructor(
    readonly number: number,
    readonly at: number,
    readonly happening: Happening,
  ) {
    const { fields, details } = happening;
    const texts = trim(fields) + (details === undefined ? 0 : trim(details));
    this.weight = TIMES_KEPT * (WEIGHT_OF_EVENT + texts);
  }

  /** The event on the wire. @param prefix of the id; always the same one */
  frame(prefix: string, withDetails: boolean): string {
    const { details } = this.happening;
    if (withDetails && details !== undefined) return (this.whole ??= this.write(prefix, details));
    return (this.outline ??= this.write(prefix, undefined));
  }

  private write(prefix: string, details: FeedFields | undefined): string {
    const { type, fields } = this.happening;
    const timestamp = new Date(this.at).toISOString();
    return `id: ${prefix}${this.number}\ndata: ${JSON.stringify({ type, ...fields, ...details, timestamp })}\n\n`;
  }
}

/** Shortens what is too long, in place; returns the weight of what is left. */
function trim(fields: FeedFields): number {
  let weight = 0;
  for (const name in fields) {
    const value = fields[name];
    weight += WEIGHT_OF_FIELD;
    if (typeof value === 'string') {
      if (value.length > LONGEST_TEXT) fields[name] = `${value.slice(0, LONGEST_TEXT)}…`;
      weight += Math.min(value.length, LONGEST_TEXT);
    } else if (typeof value === 'object' && value !== null) {
      const list = value.slice(0, LONGEST_LIST).map((text) => text.slice(0, LONGEST_TEXT));
      fields[name] = list;
      for (const text of list) weight += text.length + WEIGHT_OF_FIELD;
    }
  }
  return weight;
}
