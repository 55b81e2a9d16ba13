import type { Usage } from '../providers/provider';
import type { Door, TurnStop } from './turn';

export type TurnOutcome = 'ok' | 'error' | 'cancelled' | 'timeout';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    'turn.started': { door: Door };
    'turn.finished': {
      door: Door;
      /** Whose turn it was: a principal's id or a channel's sender. */
      owner: string;
      sessionId: string | undefined;
      outcome: TurnOutcome;
      /** The limit that ended it, if one did. */
      stopped: TurnStop | undefined;
      durationMs: number;
      /** `provider/model` that answered last; undefined when none did. */
      model: string | undefined;
      usage: Usage;
    };
    /** `tool` is a registered name, or `unknown` for one the model made up. */
    'tool.called': {
      tool: string;
      success: boolean;
      durationMs: number;
      owner: string | undefined;
      door: string | undefined;
    };
  }
}
