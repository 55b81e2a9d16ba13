import type { Generated } from 'kysely';

/** One conversation of one owner. Times are milliseconds since the epoch. */
interface SessionsTable {
  owner: string;
  id: string;
  created_at: number;
  updated_at: number;
}

interface SessionMessagesTable {
  /** Ascends over all sessions. */
  seq: Generated<number>;
  owner: string;
  session_id: string;
  /** The same for all messages of a turn. */
  turn_id: string;
  role: string;
  /** A `ChatMessage` as JSON. */
  message: string;
  created_at: number;
}

export interface SessionTables {
  sessions: SessionsTable;
  session_messages: SessionMessagesTable;
}
