import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import type { ChatMessage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { boundHistory } from './history';
import { SessionLock } from './session-lock';
import { SessionRepository } from './session.repository';
import type { SessionKey } from './session.repository';

const SESSION_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const SWEEP_EVERY_MS = 3_600_000;

/** A session that this turn has to itself until `close`. */
export interface OpenSession {
  /** Earlier turns, oldest first, as far as they fit. */
  readonly history: ChatMessage[];
  /** Keeps the messages of this turn, all or none. */
  keep(messages: ChatMessage[]): Promise<void>;
  close(): void;
}

/** Conversations that go on over several turns: private to their owner, one turn at a time, bounded. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);
  private readonly lock = new SessionLock();
  private sweptAt = 0;

  constructor(
    private readonly repository: SessionRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Waits for earlier turns of the session; rejects with `session.busy`, `session.invalid_id` or the signal's reason. */
  async open(key: SessionKey, signal: AbortSignal): Promise<OpenSession> {
    assertSessionId(key.id);
    const close = await this.lock.acquire(`${key.owner}\n${key.id}`, signal);
    try {
      const { max_history_messages: limit, context_window_tokens: window } = this.config.get(AgentConfig);
      const stored = limit === 0 ? [] : await this.repository.latest(key, limit);
      return {
        history: boundHistory(stored, limit, window),
        keep: (messages) => this.keep(key, messages, stored.length, limit),
        close,
      };
    } catch (error) {
      close();
      throw error;
    }
  }

  private async keep(key: SessionKey, messages: ChatMessage[], before: number, limit: number): Promise<void> {
    if (limit === 0) return;
    const kept = condense(messages, limit);
    await this.repository.append(key, kept, this.clock.now());
    if (before + kept.length > limit) await this.repository.trim(key, limit);
    this.sweep();
  }

  /** In the background of a turn, at most once an hour: nobody waits for it, and without turns nothing grows. */
  private sweep(): void {
    const now = this.clock.now();
    if (now - this.sweptAt < SWEEP_EVERY_MS) return;
    this.sweptAt = now;
    const before = now - this.config.get(AgentConfig).session_retention_days * 86_400_000;
    this.repository.deleteUnused(before).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'unused sessions could not be deleted');
    });
  }
}

/** Throws `session.invalid_id`. */
export function assertSessionId(id: string): void {
  if (SESSION_ID.test(id)) return;
  throw new AppError(
    400,
    'session.invalid_id',
    'The `session_id` must be 1 to 128 characters out of letters, digits and _ . : -',
    { param: 'session_id' },
  );
}

/** A turn with more tool traffic than the whole history may hold is remembered as question and answer. */
function condense(messages: ChatMessage[], limit: number): ChatMessage[] {
  if (messages.length <= limit) return messages;
  const asked = messages.findLast(({ role }) => role === 'user');
  const said = messages.at(-1);
  return asked && said?.role === 'assistant' ? [asked, said] : messages;
}
