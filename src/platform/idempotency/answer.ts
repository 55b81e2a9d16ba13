/** A complete answer as it went over the wire. */
export interface Answer {
  status: number;
  /** What the handler itself set, lower-case names; never those of the connection or of one request. */
  headers: Record<string, string | string[]>;
  body: Uint8Array;
}
