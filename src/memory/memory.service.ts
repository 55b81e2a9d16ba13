import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import { EventBus } from '../platform/events/event-bus';
import type { ListOptions, MemoryEntry, MemoryPage, MemoryScope, RecallOptions, Remembered } from './memory';
import { CONVERSATION, CORE } from './memory';
import { memoryContext } from './memory-context';
import { cursorOf, placeOf } from './memory-cursor';
import { checkedMemory, storable } from './memory-limits';
import { MemoryConfig } from './memory.config';
import './memory.events';
import type { MemoryOperation } from './memory.events';
import type { MemoryRow } from './memory.repository';
import { MemoryRepository } from './memory.repository';
import { MemorySearch } from './memory-search';

/** Both mean the database that `[storage]` names. */
const OWN_BACKENDS = new Set(['sqlite', 'postgres', 'none']);

const MOST_LISTED = 1_000;
const MOST_RECALLED = 100;
const USUALLY_RECALLED = 5;
/** Ranked for the prompt; some fall away because the model has them in front of it anyway. */
const CONTEXT_CANDIDATES = 20;
const LONGEST_MESSAGE = 8_000;

/** A message as auto-save keeps it. */
export interface SaidMessage extends MemoryScope {
  text: string;
  /** `<source>_msg_<uuid>` unless the door has a key of its own, such as `<channel>_<sender>_<message id>`. */
  key?: string;
  /** Default `api_chat`. */
  source?: string;
}

/** What the agent remembers, for the HTTP door, the tools and the agent alike. Who sees what: `memory-visibility.ts`. */
@Injectable()
export class MemoryService implements OnApplicationBootstrap {
  private readonly logger = new Logger(MemoryService.name);

  constructor(
    private readonly repository: MemoryRepository,
    private readonly memorySearch: MemorySearch,
    private readonly config: ConfigService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    const { backend } = this.config.get(MemoryConfig);
    if (OWN_BACKENDS.has(backend)) return;
    this.logger.warn(
      `[memory] backend "${backend}" is not served: the memory is kept in the gateway's database, set backend = "sqlite"`,
    );
  }

  /** False with `backend = "none"`: then nothing is found, and what is to be remembered is refused with `memory.off`. */
  get enabled(): boolean {
    return this.config.get(MemoryConfig).backend !== 'none';
  }

  /** Keeps something under its key, in place of what the same owner had there. Throws `memory.*` for what cannot be kept. */
  async remember({ owner, sessionId }: MemoryScope, { key, content, category = CORE }: Remembered): Promise<void> {
    const entry = checkedMemory({ key, content, category });
    if (!this.enabled) {
      throw new AppError(409, 'memory.off', 'The memory is off: set [memory] backend = "sqlite" to turn it on');
    }
    await this.measured('remember', () =>
      this.repository.put({ owner, sessionId: sessionId ?? null, ...entry }, this.clock.now()),
    );
  }

  /** What answers the question, best first. A question without letters or digits finds nothing. */
  async recall(
    scope: MemoryScope,
    question: string,
    { category, limit = USUALLY_RECALLED, minScore = 0 }: RecallOptions = {},
  ): Promise<MemoryEntry[]> {
    if (!this.enabled) return [];
    const options = { category: category && storable(category), limit: Math.min(limit, MOST_RECALLED), minScore };
    const hits = await this.measured('recall', () => this.memorySearch.search(scope, question, options));
    return hits.map((hit) => view(hit.row, scope, hit.score));
  }

  /** Forgets one's own entry. With `anybodys`, and none of one's own under the key, the `core` entries that others stored under it. */
  async forget({ owner }: MemoryScope, key: string, { anybodys = false } = {}): Promise<boolean> {
    return this.measured('forget', async () => {
      const stored = storable(key);
      if (await this.repository.remove(owner, stored)) return true;
      return anybodys && this.repository.removeCore(stored);
    });
  }

  /** Newest update first, in pages. */
  async list(scope: MemoryScope, { category, limit = MOST_LISTED, cursor }: ListOptions = {}): Promise<MemoryPage> {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    if (!this.enabled) return { entries: [], next: undefined };
    const size = Math.min(limit, MOST_LISTED);
    const options = { category: category && storable(category), limit: size + 1, after };
    const rows = await this.measured('list', () => this.repository.list(scope, options));
    const page = rows.slice(0, size);
    const last = rows.length > size ? page.at(-1) : undefined;
    return { entries: page.map((row) => view(row, scope, null)), next: last && cursorOf(last) };
  }

  /**
   * What the model is told before `message`: a `[Memory context]` block that ends with a blank line, or an empty text.
   * `known` are texts that it has in front of it anyway, such as the session's history. Never rejects: a turn without memory beats no turn.
   */
  async contextFor(scope: MemoryScope, message: string, known: readonly string[] = []): Promise<string> {
    const { min_relevance_score: minScore } = this.config.get(MemoryConfig);
    try {
      // A memory that nobody uses costs a turn nothing.
      if (await this.repository.isUnused(this.clock.now())) return '';
      const entries = await this.recall(scope, message, { limit: CONTEXT_CANDIDATES, minScore });
      return memoryContext(entries, [message, ...known]);
    } catch (error) {
      this.logger.warn({ err: error }, 'the memory could not be asked; the turn goes on without it');
      return '';
    }
  }

  /** Auto-save: to be called after the turn, so that no message recalls itself. Does nothing when it is off; never rejects. */
  async keepMessage({ owner, sessionId, text, source = 'api_chat', key }: SaidMessage): Promise<void> {
    const content = text.slice(0, LONGEST_MESSAGE).trim();
    if (!this.config.get(MemoryConfig).auto_save || !this.enabled || content === '') return;
    try {
      const message = { key: key ?? `${source}_msg_${randomUUID()}`, content, category: CONVERSATION };
      await this.remember({ owner, sessionId }, message);
    } catch (error) {
      this.logger.warn({ err: error }, 'a message could not be remembered');
    }
  }

  private async measured<T>(operation: MemoryOperation, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let outcome: 'ok' | 'error' = 'error';
    try {
      const result = await work();
      outcome = 'ok';
      return result;
    } finally {
      this.events.emit('memory.used', { operation, outcome, durationMs: performance.now() - started });
    }
  }
}

/** What others call their sessions is their affair. */
function view(row: MemoryRow, { owner }: MemoryScope, score: number | null): MemoryEntry {
  return {
    id: row.id,
    key: row.key,
    content: row.content,
    category: row.category,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    sessionId: row.owner === owner ? row.session_id : null,
    owner: row.owner,
    score,
  };
}
