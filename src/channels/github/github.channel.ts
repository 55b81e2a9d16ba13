import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelRequest,
  Ignored,
  InboundMessage,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../core/channel';
import { DeliveryError } from '../core/delivery-error';
import { RegisterChannel } from '../core/register-channel';
import { headerText, isHmacSha256 } from '../core/signature';
import { isObject, jsonOf } from '../core/wire-value';
import { bareLogin, isAddressed } from './addressed';
import { isAssociationAllowed, isRepoAllowed } from './allowlist';
import { GithubApi } from './github-api';
import { GithubConfig } from './github.config';
import { githubText } from './github.payload';
import type { GithubText } from './github.payload';
import { OwnLogin } from './own-login';
import { isPosted } from './posted-reply';
import { questionOf } from './question';
import { isMarked, MARKER_ROOM, replyMarker } from './reply-marker';
import { conversationOf, reactionsOf, replyTargetOf, replyToOf, threadOf } from './thread';

const SIGNATURE = 'sha256=';
/** Characters of a comment. */
const MAX_COMMENT = 65_536;
/** How far back an answer is looked for that answers no comment, such as one of a schedule. */
const DAY_MS = 24 * 60 * 60_000;

/**
 * GitHub: comments on issues and pull requests are answered in their thread, review comments in theirs. Everybody who can read the thread
 * reads the answers, in private repositories too, so the audience is always public and the thread, not the writer, owns the session.
 * A comment is claimed by its own id, whichever and however many webhooks deliver it.
 */
@RegisterChannel('github', GithubConfig, { title: 'GitHub', notConfigured: 'GitHub channel not configured' })
export class GithubChannel implements Channel {
  readonly limits = { maxLength: MAX_COMMENT - MARKER_ROOM, perSecond: 1 };

  constructor(
    private readonly config: ConfigService,
    private readonly api: GithubApi,
    private readonly ownLogin: OwnLogin,
    private readonly clock: Clock,
  ) {}

  problem(): string | undefined {
    const { allow_unsigned, access_token, app_id, private_key, private_key_file } = this.settings();
    const table = '[channels_config.github]';
    if (this.secret === '' && !allow_unsigned)
      return `${table} has no webhook_secret: write the secret that stands in GitHub's settings of the webhook`;
    if (access_token.trim() === '' && app_id === undefined)
      return `${table} cannot answer: write access_token, or app_id and private_key of a GitHub App`;
    if (app_id !== undefined && private_key.trim() === '' && !private_key_file)
      return `${table} has an app_id and no key: write private_key or private_key_file, made on the page of the App`;
    return undefined;
  }

  /** https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
  verify({ headers, body }: ChannelRequest): Verdict {
    const { secret } = this;
    if (secret === '') return this.settings().allow_unsigned ? 'genuine' : 'unsigned';
    const given = headerText(headers['x-hub-signature-256']);
    const genuine = given.startsWith(SIGNATURE) && isHmacSha256(given.slice(SIGNATURE.length), secret, body);
    return genuine ? 'genuine' : 'signature';
  }

  parse({ headers, body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const event = headerText(headers['x-github-event']);
    const form = headerText(headers['content-type']).toLowerCase().startsWith('application/x-www-form-urlencoded');
    const payload = jsonOf(form ? (new URLSearchParams(body.toString()).get('payload') ?? '') : body);
    if (event === '') return { messages: [], ignored: [], malformed: 'Missing X-GitHub-Event header' };
    if (!isObject(payload)) return undefined;
    if (event === 'ping') return { messages: [], ignored: [] };
    const said = githubText(event, payload);
    const reason = said ? this.reasonToIgnore(said) : 'not_a_message';
    if (!said || reason) return { messages: [], ignored: reason ? [reason] : [] };

    const conversation = conversationOf(said.thread);
    const sentAt = said.writtenAt ?? receivedAt;
    const target = { since: sentAt, ...(said.threadRoot !== undefined && { reviewComment: said.threadRoot }) };
    const message = {
      id: `${said.event}-${said.id}`,
      conversation,
      sender: said.login,
      text: questionOf(said),
      sentAt,
      owner: `channel:github:${conversation}`,
      sessionId: `github_${conversation}`,
      audience: 'public' as const,
      replyTo: replyToOf(target),
    };
    return { messages: [message], ignored: [] };
  }

  acknowledgement(
    { headers }: ChannelRequest,
    { claimed, duplicates }: { claimed: number; duplicates: number },
  ): object {
    if (claimed === 0 && duplicates > 0)
      return { status: 'duplicate', idempotent: true, delivery_id: headerText(headers['x-github-delivery']) };
    return { status: 'ok', handled: claimed > 0 };
  }

  async send(part: OutboundPart, signal: AbortSignal): Promise<void> {
    const thread = threadOf(part.conversation);
    if (!thread) throw new DeliveryError('permanent', `${part.conversation} is no owner/repo#number`);
    const { allowed_repos: repos } = this.settings();
    const { repo, number } = thread;
    if (!isRepoAllowed(repo, repos))
      throw new DeliveryError('permanent', `${repo} is not in [channels_config.github].allowed_repos any more`);

    const target = replyTargetOf(part.replyTo) ?? { since: this.clock.now() - DAY_MS };
    const marker = replyMarker(part.id, this.secret);
    const place = target.reviewComment === undefined ? 'issues' : 'pulls';
    const comments = `/repos/${repo}/${place}/${number}/comments`;
    const search = { path: comments, repo, marker, since: target.since, signal };
    if (part.attempt > 0 && (await isPosted(this.api, search))) return;

    const path = target.reviewComment === undefined ? comments : `${comments}/${target.reviewComment}/replies`;
    const { status } = await this.api.call(repo, {
      method: 'POST',
      path,
      json: { body: `${marker}\n${part.text}` },
      signal,
    });
    if (status !== 201) throw new DeliveryError('retry', `HTTP ${status}: not the answer of GitHub's API`);
  }

  /** A sign that the agent is at it, where the operator wants one. */
  async begun({ id, conversation }: InboundMessage, signal: AbortSignal): Promise<void> {
    const { reaction, allowed_repos: repos } = this.settings();
    const thread = threadOf(conversation);
    const [event = '', number] = id.split('-');
    if (reaction === undefined || !thread || !isRepoAllowed(thread.repo, repos)) return;
    const path = reactionsOf(event, Number(number), thread);
    await this.api.call(thread.repo, { method: 'POST', path, json: { content: reaction }, signal });
  }

  check(signal: AbortSignal): Promise<string> {
    return this.ownLogin.ask(signal);
  }

  private reasonToIgnore(said: GithubText): Ignored | undefined {
    const { allowed_repos, allowed_associations, require_mention, respond_to_opened, command } = this.settings();
    const login = this.ownLogin.current();
    const opened = said.event === 'issues' || said.event === 'pull_request';
    if (opened && !respond_to_opened) return 'not_a_message';
    if (!isRepoAllowed(said.thread.repo, allowed_repos)) return 'not_allowed';
    const own = login !== undefined && bareLogin(said.login) === bareLogin(login);
    if (own || said.isBot || isMarked(said.body)) return 'own';
    if (!isAssociationAllowed(said.association, allowed_associations)) return 'not_allowed';
    // Until the own login is known, nobody's words but a command are certain not to be our own.
    if (!require_mention && login !== undefined) return undefined;
    return isAddressed(said.body, { login, command }) ? undefined : 'not_mentioned';
  }

  /** Without the line break that files and variables tend to end with. */
  private get secret(): string {
    return this.settings().webhook_secret.trim();
  }

  private settings(): Readonly<GithubConfig> {
    return this.config.get(GithubConfig);
  }
}
