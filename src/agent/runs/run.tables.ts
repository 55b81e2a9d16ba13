import type { Door } from '../turn';
import type { RunStatus } from './run';

/** Times are milliseconds since the epoch. */
export interface RunsTable {
  id: string;
  door: Door;
  owner: string;
  session_id: string | null;
  status: RunStatus;
  started_at: number;
  finished_at: number | null;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cached_input_tokens: number | null;
  reasoning_tokens: number | null;
  error_code: string | null;
  error_message: string | null;
  last_seq: number;
  /** The process it runs in, and until when that is known to live; null when it is finished. */
  instance: string | null;
  lease_until: number | null;
  /** The turn as JSON, while somebody has been promised that it will be run. */
  request: string | null;
  /** How often it has been begun. */
  tries: number;
}

export interface RunTables {
  runs: RunsTable;
}
