import { AppError } from '../platform/errors/app-error';
import type { AgentConfig } from './agent.config';
import type { TurnOutcome } from './agent.events';

/** Nginx's word for it: the client closed the connection before the answer was there. */
const CLIENT_CLOSED = 499;

/**
 * Everything that may end a turn early, as one signal: the client leaving, the turn's own time limit, and silence.
 * The signal's reason is the AppError that the turn ends with.
 */
export class TurnLimits {
  private readonly controller = new AbortController();
  private readonly onLeave = () => this.cancel(clientLeft());
  private whole: NodeJS.Timeout | undefined;
  private silence: NodeJS.Timeout | undefined;

  /** Why the signal fired; undefined while it has not. */
  cause: TurnOutcome | undefined;

  /** Set while a model prepares a whole answer, of which nothing can be heard before; the provider's own limits hold. */
  patient = false;

  constructor(private readonly client: AbortSignal) {
    if (client.aborted) this.onLeave();
    else client.addEventListener('abort', this.onLeave, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Starts the clocks; waiting for an earlier turn of the session does not count. */
  start({ turn_timeout_secs, idle_timeout_secs }: Readonly<AgentConfig>): void {
    this.signal.throwIfAborted();
    this.whole = setTimeout(() => this.stop('timeout', tooLong(turn_timeout_secs)), turn_timeout_secs * 1000);
    const onSilence = () => (this.patient ? this.touch() : this.stop('timeout', tooQuiet(idle_timeout_secs)));
    this.silence = setTimeout(onSilence, idle_timeout_secs * 1000);
  }

  /** Something happened. */
  touch(): void {
    this.silence?.refresh();
  }

  /** Somebody wants the turn to end now; `reason` is what it ends with. */
  cancel(reason: AppError): void {
    this.stop('cancelled', reason);
  }

  /** Ends the clocks. Unless the turn is complete, what is still running for it is aborted. */
  end(complete: boolean): void {
    clearTimeout(this.whole);
    clearTimeout(this.silence);
    this.client.removeEventListener('abort', this.onLeave);
    if (!complete) this.onLeave();
  }

  private stop(cause: TurnOutcome, reason: AppError): void {
    if (this.signal.aborted) return;
    this.cause = cause;
    this.controller.abort(reason);
  }
}

/** What a turn ends with whose consumer has left. */
export function clientLeft(): AppError {
  return new AppError(CLIENT_CLOSED, 'turn.cancelled', 'The client left before the turn was finished');
}

function tooLong(seconds: number): AppError {
  return new AppError(
    504,
    'turn.timeout',
    `The turn took longer than ${seconds} s and was ended; ask for less at once, or raise [agent] turn_timeout_secs`,
  );
}

function tooQuiet(seconds: number): AppError {
  return new AppError(
    504,
    'turn.idle',
    `Neither the model nor a tool said anything for ${seconds} s, so the turn was ended; try again, or raise [agent] idle_timeout_secs`,
  );
}
