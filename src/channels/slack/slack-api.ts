import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import type { OutboundPart } from '../core/channel';
import { ChannelHttp, type ChannelAnswer } from '../core/channel-http';
import { DeliveryError } from '../core/delivery-error';
import { listOf, objectOf, textOf } from '../core/wire-value';
import { harmlessSlack } from './slack-text';
import { SlackConfig } from './slack.config';

const TABLE = '[channels_config.slack]';
const LOOK_BACK = 200;

/** Nothing gets through until the app is mended. */
const CREDENTIALS = new Set([
  'access_denied',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
]);
/** Slack may take it later. */
const PASSING = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Slack's Web API (https://docs.slack.dev/apis/web-api). Refusals come with status 200 and a name of the error. */
@Injectable()
export class SlackApi {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  /**
   * https://docs.slack.dev/reference/methods/chat.postMessage, in Markdown. The part's id goes along as metadata, so that one whose
   * confirmation was lost is found there, and not posted again. Rejects with DeliveryError.
   */
  async post({ id, conversation, text, attempt }: OutboundPart, signal: AbortSignal): Promise<void> {
    const [channel = '', thread] = conversation.split(':');
    if (attempt > 0 && (await this.hasPart(id, channel, thread, signal))) return;
    const answer = await this.call('POST', 'chat.postMessage', signal, {
      channel,
      markdown_text: harmlessSlack(text.toWellFormed()),
      ...(thread !== undefined && { thread_ts: thread }),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'zeroclaw_answer', event_payload: { part: id } },
    });
    if (answer.status !== 200 || objectOf(answer.json).ok !== true) throw this.failureOf(answer);
  }

  /** False also when Slack does not let us look: better twice than never. */
  private async hasPart(
    id: string,
    channel: string,
    thread: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const query = new URLSearchParams({ channel, include_all_metadata: 'true', limit: String(LOOK_BACK) });
    if (thread !== undefined) query.set('ts', thread);
    const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
    try {
      const { json } = await this.call('GET', `${method}?${query.toString()}`, signal);
      const found = listOf(objectOf(json).messages).map(
        (message) => objectOf(objectOf(message).metadata).event_payload,
      );
      return found.some((payload) => objectOf(payload).part === id);
    } catch (error) {
      if (error instanceof DeliveryError) return false;
      throw error;
    }
  }

  /** Who we are, and where. https://docs.slack.dev/reference/methods/auth.test */
  async me(signal: AbortSignal): Promise<string> {
    const answer = await this.call('POST', 'auth.test', signal);
    const { ok, user, team } = objectOf(answer.json);
    if (answer.status !== 200 || ok !== true) throw this.failureOf(answer);
    return `${textOf(user)} in ${textOf(team)}`;
  }

  private call(method: 'GET' | 'POST', path: string, signal: AbortSignal, json?: object): Promise<ChannelAnswer> {
    const { api_base_url, bot_token } = this.config.get(SlackConfig);
    return this.http.call({
      method,
      url: `${api_base_url.replace(/\/+$/, '')}/${path}`,
      headers: { Authorization: `Bearer ${bot_token.trim()}` },
      json,
      signal,
    });
  }

  private failureOf(answer: ChannelAnswer): DeliveryError {
    const { status, headers, json } = answer;
    const { ok, error, needed } = objectOf(json);
    const name = textOf(error);
    if (status === 429 || PASSING.has(name)) {
      // One message a second and channel: https://docs.slack.dev/reference/methods/chat.postMessage#rate_limiting
      const scope = status === 429 || /^rate_?limited$/.test(name) ? 'conversation' : 'channel';
      return new DeliveryError(
        'retry',
        `Slack: ${name || `HTTP ${status}`}`,
        this.http.retryAfterMs(headers['retry-after']),
        { scope },
      );
    }
    if (ok !== false) {
      if (status >= 400) return this.http.failureOf(answer);
      return new DeliveryError('credentials', `${TABLE}.api_base_url does not answer as Slack does (HTTP ${status}).`);
    }
    if (CREDENTIALS.has(name)) {
      const scope = textOf(needed) && ` The scope ${textOf(needed)} is needed.`;
      return new DeliveryError(
        'credentials',
        `Slack: ${name}.${scope} See ${TABLE}.bot_token, "OAuth & Permissions" of the app.`,
      );
    }
    const hint = name === 'not_in_channel' ? ': invite the app with /invite' : '';
    return new DeliveryError(status >= 500 ? 'retry' : 'permanent', `Slack: ${name || `HTTP ${status}`}${hint}`);
  }
}
