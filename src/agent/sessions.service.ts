import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import type { ChatMessage } from '../providers/provider';
import { AgentConfig } from './agent.config';
import { boundHistory } from './history';
import { textOf } from './runs/asked';
import { sessionKeyOf } from './runs/recorded-run';
import { newRunId } from './runs/run';
import { RunLog } from './runs/run-log';
import { SessionLock } from './session-lock';
import { SessionRepository } from './session.repository';
import type { Session, SessionKey, SessionPlace } from './session.repository';

const SESSION_ID = /^[A-Za-z0-9_.:/#@+=-]{1,256}$/;
const SWEEP_EVERY_MS = 3_600_000;

export type { Session, SessionPlace } from './session.repository';

const USUAL_HISTORY = 128;
/** Characters. */
const LONGEST_TITLE = 80;
const NEVER = new AbortController().signal;
const NO_USAGE = { inputTokens: 0, outputTokens: 0 };

/** A message as people see it. */
export interface SaidMessage {
  /** Ascends within the session. */
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  role: 'user' | 'assistant';
  /** Empty when the model only called tools. */
  content: string;
}

interface Keeping {
  /** Messages that the session has already. */
  before: number;
  limit: number;
  turnKey: string | undefined;
}

/** A session that this turn has to itself until `close`. */
export interface OpenSession {
  /** Earlier turns, oldest first, as far as they fit. */
  readonly history: ChatMessage[];
  /** Keeps the messages of this turn, all or none; nothing when the session has a turn of this key already. */
  keep(messages: ChatMessage[], turnKey?: string): Promise<void>;
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
    private readonly log: RunLog,
  ) {}

  /** Waits for earlier turns of the session; rejects with `session.busy`, `session.invalid_id` or the signal's reason. */
  async open(key: SessionKey, signal: AbortSignal): Promise<OpenSession> {
    assertSessionId(key.id);
    const close = await this.lock.acquire(sessionKeyOf(key.owner, key.id), signal);
    try {
      const { max_history_messages: limit, context_window_tokens: window } = this.config.get(AgentConfig);
      const stored = limit === 0 ? [] : await this.repository.latest(key, limit);
      return {
        history: boundHistory(stored, limit, window),
        keep: (messages, turnKey) => this.keep(key, messages, { before: stored.length, limit, turnKey }),
        close,
      };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Those of the owner, used last first. `after` is the last one of the page before. */
  list(owner: string, limit: number, after?: SessionPlace): Promise<Session[]> {
    return this.repository.list(owner, limit, after);
  }

  /** What sessions began with, shortened to one line, by session id; those that nobody has spoken in are left out. */
  async titles(owner: string, ids: readonly string[]): Promise<Map<string, string>> {
    const opened = await this.repository.opened(owner, ids);
    return new Map([...opened].map(([id, message]) => [id, titleOf(textOf(message))]));
  }

  get(key: SessionKey): Promise<Session | undefined> {
    return this.repository.find(key);
  }

  /** What was said by people and by the model, the newest `limit` messages from before `before`, oldest first. */
  async history(key: SessionKey, limit = USUAL_HISTORY, before?: number): Promise<SaidMessage[]> {
    const said = await this.repository.said(key, limit, before);
    return said.map(({ seq, at, message }) => ({
      seq,
      at,
      role: message.role === 'user' ? 'user' : 'assistant',
      content: textOf(message),
    }));
  }

  /**
   * The answer that a turn with this key has been given; undefined when it was not finished, is too long ago, or sessions keep nothing
   * (`max_history_messages = 0`).
   */
  answerOf(key: SessionKey, turnKey: string): Promise<string | undefined> {
    return this.repository.answerOf(key, turnKey);
  }

  /**
   * Something the assistant says of its own accord, outside of a turn: kept in the session and shown to its watchers.
   * Waits for the running turn. Rejects with `session.busy` or `session.invalid_id`.
   */
  async say(key: SessionKey, text: string): Promise<void> {
    const session = await this.open(key, NEVER);
    try {
      await session.keep([{ role: 'assistant', content: text }]);
      const event = { type: 'done', text, model: '', usage: NO_USAGE, finishReason: 'stop' } as const;
      this.log.show(sessionKeyOf(key.owner, key.id), { runId: newRunId(), seq: 1, at: this.clock.now(), event });
    } finally {
      session.close();
    }
  }

  /** With everything that was said in it. Turns of it that run or wait are cancelled first. False when there is none. */
  async delete(key: SessionKey): Promise<boolean> {
    assertSessionId(key.id);
    for (const run of this.log.runningIn(key.owner, key.id)) run.cancel(sessionDeleted());
    const close = await this.lock.acquire(sessionKeyOf(key.owner, key.id), NEVER);
    try {
      return await this.repository.delete(key);
    } finally {
      close();
    }
  }

  private async keep(key: SessionKey, messages: ChatMessage[], { before, limit, turnKey }: Keeping): Promise<void> {
    if (limit === 0) return;
    const kept = condense(messages, limit);
    await this.repository.append(key, kept, this.clock.now(), turnKey);
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

function titleOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST_TITLE ? line : `${line.slice(0, LONGEST_TITLE - 1).trimEnd()}…`;
}

/** Throws `session.invalid_id`. */
export function assertSessionId(id: string): void {
  if (SESSION_ID.test(id)) return;
  throw new AppError(
    400,
    'session.invalid_id',
    'The `session_id` must be 1 to 256 characters out of letters, digits and _ . : / # @ + = -',
    { param: 'session_id' },
  );
}

function sessionDeleted(): AppError {
  return new AppError(409, 'turn.cancelled', 'The session was deleted while this turn ran');
}

/** A turn with more tool traffic than the whole history may hold is remembered as question and answer. */
function condense(messages: ChatMessage[], limit: number): ChatMessage[] {
  if (messages.length <= limit) return messages;
  const asked = messages.findLast(({ role }) => role === 'user');
  const said = messages.at(-1);
  return asked && said?.role === 'assistant' ? [asked, said] : messages;
}
