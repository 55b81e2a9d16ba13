import { createHash } from 'node:crypto';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { MemoryScope } from './memory';
import { CORE } from './memory';
import type { MemoryTables } from './memory.tables';

/**
 * Who may see an entry. There is no other way to it than these two functions; both say the same.
 *
 * 1. `core` entries are everybody's.
 * 2. Any other entry is its owner's alone, whatever its session is called.
 * 3. Where others read along (`audience: 'public'`), only the entries of that very session are seen: no `core` ones, nothing else of the owner's.
 * 4. In a session its owner sees, beside the entries without a session, only those of that session; without one, all of their own.
 *
 * As a condition on rows of `memories`: the truth.
 */
export function visibleTo({ owner, sessionId, audience }: MemoryScope) {
  return (row: ExpressionBuilder<MemoryTables, 'memories'>): Expression<SqlBool> => {
    const own = row('owner', '=', owner);
    if (audience === 'public') return row.and([own, row('session_id', '=', sessionId ?? NO_SESSION)]);
    if (sessionId === undefined) return row.or([row('category', '=', CORE), own]);
    const here = row.or([row('session_id', 'is', null), row('session_id', '=', sessionId)]);
    return row.or([row('category', '=', CORE), row.and([own, here])]);
  };
}

/** As marks in the word index, so that entries of others cannot crowd out one's own before the limit. No word contains a `§`. */
export function marksSeenBy({ owner, sessionId, audience }: MemoryScope): string[] {
  if (audience === 'public') return [sessionMark(owner, sessionId ?? NO_SESSION)];
  if (sessionId === undefined) return [EVERYBODY, ownerMark(owner)];
  return [EVERYBODY, sessionMark(owner, null), sessionMark(owner, sessionId)];
}

/** The marks that an entry carries in the word index. */
export function marksOf(entry: { owner: string; sessionId: string | null; category: string }): string[] {
  const { owner, sessionId, category } = entry;
  const marks = [ownerMark(owner), sessionMark(owner, sessionId), categoryMark(category)];
  return category === CORE ? [EVERYBODY, ...marks] : marks;
}

export function categoryMark(category: string): string {
  return mark('c', category);
}

const EVERYBODY = '§a';
/** No session is called so. */
const NO_SESSION = '§';

function ownerMark(owner: string): string {
  return mark('o', owner);
}

function sessionMark(owner: string, sessionId: string | null): string {
  return mark('s', owner, sessionId ?? '');
}

function mark(kind: string, ...parts: string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `§${kind}${digest.slice(0, 32)}`;
}
