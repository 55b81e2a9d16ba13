import type { MemoryEntry } from './memory';

/** An entry as `/api/memory` shows it. Whose it is, only an admin learns: the id is that of a paired device. */
export function viewMemory(entry: MemoryEntry, caller: { id: string; isAdmin: boolean }) {
  const { id, key, content, category, createdAt, sessionId, score, owner } = entry;
  return {
    id,
    key,
    content,
    category,
    timestamp: new Date(createdAt).toISOString(),
    session_id: sessionId,
    score,
    /** The caller stored it, so that storing the key again replaces it. */
    own: owner === caller.id,
    ...(caller.isAdmin && { owner }),
  };
}
