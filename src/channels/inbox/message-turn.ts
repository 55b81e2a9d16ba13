import { Injectable, Logger } from '@nestjs/common';
import { AgentService } from '../../agent/agent.service';
import { SessionsService } from '../../agent/sessions.service';
import type { DoneEvent } from '../../agent/turn';
import { AppError } from '../../platform/errors/app-error';
import { ChannelsConfig } from '../channels.config';
import type { InboundMessage } from '../core/channel';
import { ChannelRegistry } from '../core/channel.registry';
import { MessageEnd } from './message-end';
import type { InboxRow } from './inbox.repository';
import { turnOf } from './conversation-turn';
import { describeFailure, isTransient } from './turn-failure';

const BEGUN_TIMEOUT_MS = 10_000;
/** A channel that was switched off meanwhile is looked at again. */
const OFF_WAIT_MS = 60_000;

/** Has one message answered by the agent. */
@Injectable()
export class MessageTurn {
  private readonly logger = new Logger(MessageTurn.name);

  constructor(
    private readonly agent: AgentService,
    private readonly sessions: SessionsService,
    private readonly registry: ChannelRegistry,
    private readonly end: MessageEnd,
  ) {}

  /** Rejects only when the database does. */
  async run(row: InboxRow, cut: AbortSignal): Promise<void> {
    const { end } = this;
    const found = this.registry.get(row.channel);
    if (!found || !this.registry.isConfigured(found)) return end.letGo(row, OFF_WAIT_MS);
    const message = JSON.parse(row.message) as InboundMessage;
    const settings = end.settings;
    if (this.isTooOld(row, settings)) return end.ignoreOld(row);
    // Each time it was taken up, the process has died: it may well be the message that kills it.
    if (row.attempts > settings.max_attempts) {
      return end.giveUp(row, message, 'the process ended each time that this message was tried');
    }
    if (message.notice !== undefined) return end.answer(row, message, message.notice);
    if (row.attempts === 1) this.tellBegun(found.name, message, cut);
    const started = performance.now();
    try {
      const text = await this.answerTo(row, message, settings, cut);
      await end.answer(row, message, text, (performance.now() - started) / 1000);
    } catch (error) {
      if (cut.aborted) await end.letGo(row, 0);
      else if (isTransient(error) && row.attempts < settings.max_attempts) await end.tryAgain(row, error);
      else await end.giveUp(row, message, describeFailure(error));
    }
  }

  private async answerTo(
    row: InboxRow,
    message: InboundMessage,
    { message_timeout_secs: seconds }: Readonly<ChannelsConfig>,
    cut: AbortSignal,
  ): Promise<string> {
    const turn = turnOf(row.channel, message, row.id);
    // An attempt whose answer was not stored may have been kept in the session all the same.
    const known =
      row.attempts > 1 || row.by_hand === 1
        ? await this.sessions.answerOf({ owner: turn.owner, id: turn.sessionId }, row.id)
        : undefined;
    if (known !== undefined) return known;
    const limit = AbortSignal.timeout(seconds * 1000);
    try {
      for await (const event of this.agent.run(turn, AbortSignal.any([cut, limit]))) {
        if (event.type === 'error') throw event.error;
        if (event.type === 'done') return withApprovals(event);
      }
    } catch (error) {
      if (!limit.aborted) throw error;
      throw new AppError(504, 'channel.timeout', `The answer took longer than message_timeout_secs (${seconds} s)`);
    }
    throw new AppError(500, 'internal', 'The turn ended without an answer');
  }

  private isTooOld(row: InboxRow, { max_message_age_secs: seconds }: Readonly<ChannelsConfig>): boolean {
    if (seconds === 0 || row.by_hand === 1 || row.attempts > 1) return false;
    return this.end.now() - row.sent_at > seconds * 1000;
  }

  /** Nobody waits for it. */
  private tellBegun(name: string, message: InboundMessage, cut: AbortSignal): void {
    const begun = this.registry
      .get(name)
      ?.channel.begun?.(message, AbortSignal.any([cut, AbortSignal.timeout(BEGUN_TIMEOUT_MS)]));
    begun?.catch((error: unknown) =>
      this.logger.debug({ err: error, channel: name }, 'no sign that the turn has begun'),
    );
  }
}

/** The model was asked to say so in its own words; the id is what somebody needs to decide. */
function withApprovals({ text, approvals = [] }: DoneEvent): string {
  const unnamed = approvals.filter(({ id }) => !text.includes(id));
  const lines = unnamed.map(({ id, tool }) => `Waiting for somebody to allow ${tool} (approval ${id}).`);
  return [text, ...lines].filter((line) => line.trim() !== '').join('\n\n');
}
