import { readFileSync } from 'node:fs';

/** Whether the process is there and more than a zombie. */
export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}
