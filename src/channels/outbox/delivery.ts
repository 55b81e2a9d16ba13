import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelsConfig } from '../channels.config';
import '../core/channel.events';
import type { RegisteredChannel } from '../core/channel.registry';
import { DeliveryError } from '../core/delivery-error';
import { backoffMs } from '../queue/backoff';
import { LEASE_MS } from '../queue/queue-runner';
import { DeliveryKit } from './delivery-kit';
import type { OutboxRow } from './outbox.repository';
import { OutboxRepository } from './outbox.repository';
import { Pace } from './pace';

const PART_TIMEOUT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** Without the right credentials no other answer gets through either. */
const CREDENTIALS_WAIT_MS = 30_000;
const LONGEST_ERROR = 500;

/** Brings one answer to its platform, part by part; each confirmation is in the database before the next part goes out. */
@Injectable()
export class Delivery {
  private readonly logger = new Logger(Delivery.name);
  private readonly pace = new Pace();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly kit: DeliveryKit,
  ) {}

  /** Rejects only when the database does. */
  async run({ name, channel }: RegisteredChannel, row: OutboxRow, cut: AbortSignal): Promise<void> {
    const { clock, events, health } = this.kit;
    const parts = JSON.parse(row.parts) as string[];
    let attempt = row.part_attempts - 1;
    for (let index = row.part; index < parts.length; index++) {
      const part = {
        id: `${row.id}.${index}`,
        conversation: row.conversation,
        text: parts[index] ?? '',
        replyTo: row.reply_to ?? undefined,
        index,
        attempt,
      };
      try {
        await this.pace.turn(`${name} ${row.conversation}`, channel.limits.perSecond, cut);
        await channel.send(part, AbortSignal.any([cut, AbortSignal.timeout(PART_TIMEOUT_MS)]));
      } catch (error) {
        await this.failed(row, attempt + 1, error, cut);
        return;
      }
      health.succeed(name);
      attempt = 0;
      const isLast = index === parts.length - 1;
      const isOurs = await persistently(() =>
        isLast ? this.repository.sent(row, parts.length, clock.now()) : this.repository.advance(row, index + 1),
      );
      if (!isOurs) return;
    }
    const seconds = Math.max(0, clock.now() - row.queued_at) / 1000;
    events.emit('channel.message', { channel: name, direction: 'outbound', outcome: 'sent', seconds });
  }

  private async failed(row: OutboxRow, attempts: number, thrown: unknown, cut: AbortSignal): Promise<void> {
    const { clock, config, events, guard, health } = this.kit;
    const now = clock.now();
    if (cut.aborted) {
      await this.repository.release(row, now);
      return;
    }
    const { failure, message, retryAfterMs, scope } = this.asDeliveryError(thrown);
    const error = guard.redact(message).slice(0, LONGEST_ERROR);
    const waitMs = Math.max(waitAfter(failure, attempts), retryAfterMs ?? 0);
    const deadline = row.queued_at + config.get(ChannelsConfig).max_delivery_age_secs * 1000;
    const isOver = failure === 'permanent' || now + waitMs > deadline;
    this.logger.warn(
      { channel: row.channel, id: row.id, failure, error },
      `an answer was not taken${isOver ? ' and is given up' : ''}`,
    );
    // A conversation waits by its row alone: nobody else has to, and the channel is not broken.
    const isOfChannel = failure === 'credentials' || scope === 'channel';
    if (isOfChannel && (retryAfterMs !== undefined || failure === 'credentials')) health.pause(row.channel, waitMs);
    if (isOfChannel && failure !== 'permanent') health.fail(row.channel);
    const isOurs = isOver
      ? await this.repository.bury(row, failure === 'permanent' ? failure : 'expired', error, now)
      : await this.repository.putBack(row, { failure, error, nextAttemptAt: now + waitMs });
    if (!isOurs) return;
    const outcome = isOver ? 'dead' : 'retry';
    events.emit('channel.message', { channel: row.channel, direction: 'outbound', outcome });
  }

  private asDeliveryError(thrown: unknown): DeliveryError {
    if (thrown instanceof DeliveryError) return thrown;
    if (thrown instanceof DOMException && thrown.name === 'TimeoutError') {
      return new DeliveryError('retry', `the platform did not confirm within ${PART_TIMEOUT_MS / 1000} s`);
    }
    this.logger.error({ err: thrown }, 'a channel failed to send in a way of its own');
    return new DeliveryError('retry', thrown instanceof Error ? thrown.message : 'sending failed');
  }
}

function waitAfter(failure: string, attempts: number): number {
  const first = failure === 'credentials' ? CREDENTIALS_WAIT_MS : FIRST_WAIT_MS;
  return backoffMs(attempts, first, LONGEST_WAIT_MS);
}

/** What the platform has confirmed must be written down: a database that fails for a moment must not cost a second sending. */
async function persistently(write: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + LEASE_MS / 2;
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(backoffMs(attempt, 50, 2_000));
    }
  }
}
