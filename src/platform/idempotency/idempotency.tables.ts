/** One key of one caller on one route. Times are milliseconds since the epoch. */
export interface IdempotencyKeysTable {
  /** SHA-256 over caller, route and key; primary key. */
  scope: string;
  /** SHA-256 over what was asked; the same key with another request is a mistake of the client. */
  request_hash: string;
  /** Names the one request that may complete or free this row. */
  claim: string;
  state: 'running' | 'done';
  status: number | null;
  /** JSON object. */
  headers: string | null;
  body: Uint8Array | null;
  created_at: number;
  /** While running: until when the claim counts, renewed as long as its process lives. When done: until when the answer is kept. */
  expires_at: number;
}

export interface IdempotencyTables {
  idempotency_keys: IdempotencyKeysTable;
}
