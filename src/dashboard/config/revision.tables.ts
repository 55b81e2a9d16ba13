import type { Generated } from 'kysely';

/** What config.toml said from a moment on. */
export interface Revision {
  /** Milliseconds since the epoch. */
  at: number;
  /** `api`, `gateway`, `file`, or `start`: found so when the gateway started. */
  source: string;
  /** Id of the principal; null where nobody is known. */
  made_by: string | null;
  note: string | null;
  /** Dotted keys as a JSON list. */
  changed: string;
  /** The text, every secret masked. */
  content: string;
}

export interface RevisionTables {
  config_revisions: Revision & {
    /** Ascends in the order of writing. */
    seq: Generated<number>;
  };
}

export type StoredRevision = Revision & { seq: number };
