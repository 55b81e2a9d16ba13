import { request } from '../../api/request';

export interface Finding {
  /** Stable, such as `exposure.public_bind`. */
  id: string;
  severity: 'ok' | 'warn' | 'error';
  category: string;
  message: string;
  /** What to do about it. */
  advice?: string;
}

export interface Diagnosis {
  results: Finding[];
  summary: { ok: number; warnings: number; errors: number };
}

/** May be some seconds old. */
export function readDiagnosis(): Promise<Diagnosis> {
  return request('/api/doctor');
}

export function examine(): Promise<Diagnosis> {
  return request('/api/doctor', { method: 'POST' });
}
