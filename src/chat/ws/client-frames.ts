import { AppError } from '../../platform/errors/app-error';
import type { ClientFrame } from '../../platform/websocket/message-intake';

/** Frames of a client, read from what is known of them: an object with a `type`. Each reader throws `frame.invalid_field`. */

export function readContent(frame: ClientFrame): string {
  const content = text(frame, 'content').trim();
  if (content === '') throw invalid('content', 'must be a text that is not blank');
  return content;
}

/** Undefined when it is left out. */
export function readRunId(frame: ClientFrame): string | undefined {
  return frame['run_id'] === undefined ? undefined : text(frame, 'run_id');
}

export interface Resumption {
  runId: string;
  /** The last one that has arrived; 0 for none. */
  seq: number;
}

export function readResumption(frame: ClientFrame): Resumption {
  const { seq } = frame;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0)
    throw invalid('seq', 'must be a whole number from 0 on');
  return { runId: text(frame, 'run_id'), seq };
}

export interface Decision {
  id: string;
  note: string | undefined;
}

export function readDecision(frame: ClientFrame): Decision {
  const note = frame['note'] === undefined ? undefined : text(frame, 'note').trim().slice(0, MAX_NOTE) || undefined;
  return { id: text(frame, 'id'), note };
}

const MAX_NOTE = 500;

function text(frame: ClientFrame, field: string): string {
  const value = frame[field];
  if (typeof value !== 'string' || value === '') throw invalid(field, 'must be a text');
  return value;
}

function invalid(field: string, rule: string): AppError {
  return new AppError(400, 'frame.invalid_field', `The \`${field}\` field of the frame ${rule}`, { param: field });
}
