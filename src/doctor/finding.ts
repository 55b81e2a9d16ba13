export type Severity = 'ok' | 'warn' | 'error';

/** One thing that was looked at. Holds no secrets. */
export interface Finding {
  severity: Severity;
  /** What is so, in a sentence. */
  message: string;
  /** What to do about it. */
  advice?: string;
}

/** A finding on the wire and on the command line. */
export interface Result extends Finding {
  /** Stable: `exposure.public_bind`. Several findings may carry the same one. */
  id: string;
  category: string;
  duration_ms: number;
}

export interface Report {
  results: Result[];
  summary: { ok: number; warnings: number; errors: number };
  /** RFC 3339: when it was made. */
  checked_at: string;
}

export const ok = (message: string): Finding => ({ severity: 'ok', message });
export const warn = (message: string, advice?: string): Finding => ({
  severity: 'warn',
  message,
  ...(advice !== undefined && { advice }),
});
export const fail = (message: string, advice?: string): Finding => ({
  severity: 'error',
  message,
  ...(advice !== undefined && { advice }),
});
