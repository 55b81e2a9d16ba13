import type { Usage } from '../providers/provider';
import type { Door, TurnStop } from './turn';

export type TurnOutcome = 'ok' | 'error' | 'cancelled' | 'timeout';

/** Which tool was called for whom. */
interface CallOfTool {
  /** A registered name, or `unknown` for one the model made up. */
  tool: string;
  owner: string | undefined;
  door: string | undefined;
  sessionId: string | undefined;
  runId: string | undefined;
}

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    'turn.started': {
      door: Door;
      runId: string;
      owner: string;
      sessionId: string | undefined;
      /** `provider/model` that is asked first. */
      model: string;
    };
    'turn.finished': {
      door: Door;
      runId: string;
      /** Whose turn it was: a principal's id or a channel's sender. */
      owner: string;
      sessionId: string | undefined;
      outcome: TurnOutcome;
      /** The limit that ended it, if one did. */
      stopped: TurnStop | undefined;
      /** Why it ended without an answer, as a client may know it. */
      error: { code: string; message: string } | undefined;
      durationMs: number;
      /** `provider/model` that answered last; undefined when none did. */
      model: string | undefined;
      usage: Usage;
    };
    'tool.started': CallOfTool;
    'tool.called': CallOfTool & { success: boolean; durationMs: number };
  }
}
