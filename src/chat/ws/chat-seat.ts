import type { RunFrame } from '../../agent/runs/run';
import { viewFrame } from '../../agent/runs/run-frame.view';
import type { RunsService } from '../../agent/runs/runs.service';
import { AppError } from '../../platform/errors/app-error';
import { errorFrame } from '../../platform/websocket/error-frame';
import type { GatewaySocket } from '../../platform/websocket/gateway-socket';

/** Runs that one socket may be replayed at once. */
const MAX_REPLAYS = 8;

/**
 * One socket in its session. It sees the frames of each run in order, without a hole and without a double: a run that begins while it is here as
 * it happens, any other from where it asks for it. A run never comes both ways.
 */
export class ChatSeat {
  /** Resolves when the history is out; undefined from then on. */
  joining: Promise<void> | undefined;
  /** Runs that do not come as they happen: what replays them, or nothing while the client may still say from where. */
  private apart: Map<string, AbortController | undefined> | undefined;
  private grace: NodeJS.Timeout | undefined;

  constructor(
    readonly socket: GatewaySocket,
    readonly key: { owner: string; id: string },
    private readonly runs: RunsService,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get isReplaying(): boolean {
    return this.apart !== undefined && this.apart.size > 0;
  }

  /** A frame as it happens. */
  show(runId: string, frame: string | Buffer): void {
    if (this.joining === undefined && !this.apart?.has(runId)) this.socket.deliver(frame);
  }

  /** These runs have begun already: for a moment the client may say from where it wants them, then it gets them from their beginning. */
  offer(runIds: readonly string[], graceMs: number, replay: (runId: string) => void): void {
    if (runIds.length === 0) return;
    this.apart = new Map(runIds.map((id) => [id, undefined]));
    this.grace = setTimeout(() => {
      for (const [id, replaying] of this.apart ?? []) if (!replaying) replay(id);
    }, graceMs).unref();
  }

  /**
   * Exactly the frames after `seq`, then what happens, to the end of the run. A reader that is slow is waited for here, since the frames are kept
   * elsewhere. A failure is told in a frame. Resolves at the end.
   */
  async replay(runId: string, seq: number): Promise<void> {
    this.apart ??= new Map();
    const controller = new AbortController();
    const { signal } = controller;
    this.apart.get(runId)?.abort();
    if (!this.apart.has(runId) && this.apart.size >= MAX_REPLAYS) throw tooMany();
    this.apart.set(runId, controller);
    try {
      const frames = await this.runs.follow(this.socket.admission.principal, runId, seq, signal);
      for await (const frame of frames) {
        if (signal.aborted || !this.isOpen) return;
        this.socket.deliver(wireText(frame));
        await this.socket.drained();
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.socket.deliver(errorFrame(error, runId));
    } finally {
      if (this.apart.get(runId) === controller) this.apart.delete(runId);
    }
  }

  leave(): void {
    clearTimeout(this.grace);
    for (const replay of this.apart?.values() ?? []) replay?.abort();
  }
}

export function wireText(frame: RunFrame): string {
  return JSON.stringify(viewFrame(frame));
}

function tooMany(): AppError {
  const message = `This socket follows ${MAX_REPLAYS} runs already; resume the others when one has ended`;
  return new AppError(429, 'socket.too_many_replays', message, { retryAfter: 5 });
}
