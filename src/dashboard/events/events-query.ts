import { AppError } from '../../platform/errors/app-error';
import { FEED_TYPES } from './feed-event';
import type { FeedType } from './feed-event';

const LONGEST_ID = 64;
const KNOWN: readonly string[] = [...FEED_TYPES, 'gap'];

/** `types=a,b`, or given several times. Undefined for all; a `gap` comes whatever is chosen. Throws 400 for a name that is none. */
export function readTypes(value: unknown): ReadonlySet<FeedType> | undefined {
  if (value === undefined) return undefined;
  const names = (Array.isArray(value) ? value : [value]).flatMap((part) => String(part).split(','));
  const unknown = names.map((name) => name.trim()).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    const message = `There is no event type "${unknown.slice(0, 64)}"; the \`types\` are ${KNOWN.join(', ')}`;
    throw new AppError(400, 'request.invalid_field', message, { param: 'types' });
  }
  return new Set(names.map((name) => name.trim() as FeedType));
}

/** The header, which a client sets anew at each try, goes before the query, which it repeats. An empty one is none. */
export function readLastId(header: unknown, query: unknown): string | undefined {
  const given = typeof header === 'string' && header !== '' ? header : query;
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string') return given.slice(0, LONGEST_ID);
  throw new AppError(400, 'request.invalid_field', 'Give `last_event_id` once', { param: 'last_event_id' });
}
