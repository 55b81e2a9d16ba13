import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import '../../agent/agent.events';
import { PriceList } from '../../cost/price-list';
import type { GatewayEvents } from '../../platform/events/event-bus';
import { EventBus } from '../../platform/events/event-bus';
import { currentRequestId } from '../../platform/logging/request-context';
import { LeakGuard } from '../../platform/leak-guard/leak-guard';
import '../../providers/providers.events';
import type { CallOutcome } from '../../providers/providers.events';
import { ModelsService } from '../../providers/models.service';
import type { ApprovalNotice } from '../../tools/tool.events';
import '../../pairing/pairing.events';
import { EventFeed } from './event-feed';
import { ModelNames } from './model-names';

/** Turns what the rooms announce into events of the feed. What a person, a model or a tool said is in none of them. */
@Injectable()
export class FeedSources implements OnModuleInit {
  private readonly names = new ModelNames();

  constructor(
    private readonly feed: EventFeed,
    private readonly events: EventBus,
    private readonly models: ModelsService,
    private readonly prices: PriceList,
    private readonly guard: LeakGuard,
  ) {}

  onModuleInit(): void {
    this.turns();
    this.modelCalls();
    this.tools();
    this.approvals();
    this.pairing();
    this.configuration();
  }

  private turns(): void {
    const { events, feed } = this;
    events.on('turn.started', ({ door, runId, owner, sessionId }) => {
      const { provider, model } = this.models.default;
      this.names.learn(provider.id, model);
      const fields = { provider: provider.id, model, run_id: runId, door };
      feed.announce({ type: 'agent_start', fields, details: { owner, session_id: sessionId }, owner });
    });
    events.on('turn.finished', (turn) => {
      this.turnFinished(turn);
      if (turn.error !== undefined && turn.outcome !== 'cancelled') this.turnFailed(turn, turn.error);
    });
  }

  private turnFinished(turn: GatewayEvents['turn.finished']): void {
    const { door, runId, owner, sessionId, outcome, stopped, durationMs, usage } = turn;
    const answered = this.names.split(turn.model);
    const { provider, model } = answered ?? {
      provider: this.models.default.provider.id,
      model: this.models.default.model,
    };
    this.feed.announce({
      type: 'agent_end',
      fields: {
        provider,
        model,
        duration_ms: Math.round(durationMs),
        tokens_used: answered ? usage.inputTokens + usage.outputTokens : null,
        cost_usd: answered ? (this.prices.usd(provider, model, usage) ?? null) : null,
        run_id: runId,
        door,
        outcome,
        stopped,
      },
      details: { owner, session_id: sessionId },
      owner,
    });
  }

  private turnFailed(
    { door, runId, owner, sessionId }: GatewayEvents['turn.finished'],
    { code, message }: { code: string; message: string },
  ): void {
    // ZeroClaw's clients know these two.
    const component = door === 'ws' ? 'ws_chat' : 'gateway';
    this.feed.announce({
      type: 'error',
      fields: { component, message: `A turn failed: ${code}`, code, run_id: runId, door },
      details: { message: this.guard.redact(message), owner, session_id: sessionId },
      owner,
    });
  }

  private modelCalls(): void {
    const { events, feed } = this;
    events.on('model.request', ({ provider, model }) => {
      this.names.learn(provider, model);
      feed.announce({ type: 'llm_request', fields: { provider, model } });
    });
    events.on('model.response', ({ provider, model, outcome, durationMs, timeToFirstTokenMs, usage }) => {
      feed.announce({
        type: 'llm_response',
        fields: {
          provider,
          model,
          outcome,
          success: outcome === 'ok',
          duration_ms: Math.round(durationMs),
          time_to_first_token_ms: timeToFirstTokenMs === undefined ? undefined : Math.round(timeToFirstTokenMs),
          input_tokens: usage?.inputTokens ?? null,
          output_tokens: usage?.outputTokens ?? null,
        },
      });
      if (outcome === 'ok' || outcome === 'aborted') return;
      const message = `${provider} ${FAILURES[outcome]}`;
      feed.announce({
        type: 'error',
        fields: { component: 'provider', message, code: `provider.${outcome}`, provider, model },
      });
    });
  }

  private tools(): void {
    const { events, feed } = this;
    events.on('tool.started', ({ tool, runId, door, owner, sessionId }) => {
      const details = { owner, session_id: sessionId };
      feed.announce({ type: 'tool_call_start', fields: { tool, run_id: runId, door }, details, owner });
    });
    events.on('tool.called', ({ tool, success, durationMs, runId, door, owner, sessionId }) => {
      // ZeroClaw's `tool_call` comes when the call is over; its name elsewhere is `tool_result`.
      for (const type of ['tool_call', 'tool_result'] as const) {
        const fields = { tool, duration_ms: Math.round(durationMs), success, run_id: runId, door };
        feed.announce({ type, fields, details: { owner, session_id: sessionId }, owner });
      }
    });
  }

  private approvals(): void {
    const { events } = this;
    events.on('approval.requested', (notice) => this.approval(notice, 'requested'));
    events.on('approval.decided', (notice) => this.approval(notice, 'decided', notice));
    events.on('approval.expired', (notice) => this.approval(notice, 'expired'));
  }

  private approval(
    { id, owner, sessionId, door, tool, risk }: ApprovalNotice,
    action: 'requested' | 'decided' | 'expired',
    decision?: GatewayEvents['approval.decided'],
  ): void {
    this.feed.announce({
      type: 'approval',
      fields: { action, id, tool, risk, door, outcome: decision?.outcome },
      details: { owner, session_id: sessionId, decided_by: decision?.decidedBy },
      owner,
    });
  }

  private pairing(): void {
    const { events, feed } = this;
    const announce = (
      action: string,
      details?: Record<string, string | readonly string[] | undefined>,
      owner?: string,
    ) => feed.announce({ type: 'pairing', fields: { action }, ...(details && { details }), owner });
    events.on('pairing.paired', ({ deviceId, client }) =>
      announce('paired', { device_id: deviceId, client }, deviceId),
    );
    // Every way of losing a token, also by hand in config.toml and by another process; who did it is in the audit log.
    events.on('pairing.revoked', ({ tokenHashes }) => {
      for (const hash of tokenHashes) announce('revoked', { device_id: hash.slice(0, 16) });
    });
    events.on('pairing.code_issued', ({ by, scopes }) => announce('code_issued', { by, scopes }, by));
    events.on('pairing.codes_withdrawn', () => announce('codes_withdrawn'));
    events.on('pairing.failed', ({ client, reason }) => announce('failed', { client, reason }));
  }

  private configuration(): void {
    this.events.on('config.changed', ({ keys, needRestart }) =>
      this.feed.announce({
        type: 'config_changed',
        fields: { changed: keys.length, restart_needed: needRestart.length > 0 },
        details: { keys, need_restart: needRestart, request_id: currentRequestId() },
      }),
    );
  }
}

const FAILURES: Record<Exclude<CallOutcome, 'ok' | 'aborted'>, string> = {
  auth: 'refused the API key',
  rate_limit: 'asks for fewer calls',
  quota: 'says that the account is out of credit',
  invalid_request: 'refused the request',
  not_found: 'does not know the model',
  context_length: 'says that the conversation is too long for the model',
  server: 'failed (5xx)',
  timeout: 'did not answer in time',
  connection: 'cannot be reached',
  malformed: 'answered something that is not its protocol',
  cut: 'ended its answer early',
  circuit_open: 'was not asked, because it kept failing',
};
