import { isObject, objectOf, textOf } from '../core/wire-value';
import type { WireObject } from '../core/wire-value';
import { conversationOf, threadOf } from './thread';
import type { Thread } from './thread';

/** Something that a person wrote in a thread. */
export interface GithubText {
  /** Of the webhook: `issue_comment`, `pull_request_review_comment`, `issues` or `pull_request`. */
  readonly event: string;
  /** Of the comment, issue or pull request, across all of GitHub. */
  readonly id: number;
  readonly thread: Thread;
  readonly isPullRequest: boolean;
  readonly title: string;
  readonly login: string;
  readonly isBot: boolean;
  /** `author_association`, such as MEMBER; empty when GitHub does not say. */
  readonly association: string;
  readonly body: string;
  readonly url: string;
  /** Review comments only: the file that is commented on. */
  readonly file?: string;
  /** Review comments only: the comment that the review thread began with. */
  readonly threadRoot?: number;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number | undefined;
}

/**
 * What a delivery says, by https://docs.github.com/webhooks/webhook-events-and-payloads. Undefined: nobody wrote anything new, or GitHub
 * does not send such a thing. Issues and pull requests that were opened are texts; whether they are heard is the caller's affair.
 */
export function githubText(event: string, payload: WireObject): GithubText | undefined {
  const { action, comment, issue, pull_request: pullRequest } = payload;
  switch (event) {
    case 'issue_comment':
      return action === 'created' ? written(event, payload, issue, comment) : undefined;
    case 'pull_request_review_comment':
      return action === 'created' ? written(event, payload, pullRequest, comment) : undefined;
    case 'issues':
      return action === 'opened' ? written(event, payload, issue, issue) : undefined;
    case 'pull_request':
      return action === 'opened' ? written(event, payload, pullRequest, pullRequest) : undefined;
    default:
      return undefined;
  }
}

function written(event: string, payload: WireObject, place: unknown, text: unknown): GithubText | undefined {
  if (!isObject(place) || !isObject(text)) return undefined;
  const thread = threadOf(
    conversationOf({ repo: textOf(objectOf(payload['repository'])['full_name']), number: count(place['number']) }),
  );
  const user = isObject(text['user']) ? text['user'] : objectOf(payload['sender']);
  const opened = place === text;
  const [id, login, body, title] = [
    count(text['id']),
    textOf(user['login']),
    textOf(text['body']),
    textOf(place['title']),
  ];
  if (!thread || id === 0 || login === '' || (body === '' && !(opened && title !== ''))) return undefined;
  const time = Date.parse(textOf(text['created_at']));
  return {
    event,
    id,
    thread,
    isPullRequest: event.startsWith('pull_request') || isObject(place['pull_request']),
    title,
    login,
    isBot: textOf(user['type']).toLowerCase() === 'bot' || login.toLowerCase().endsWith('[bot]'),
    association: textOf(text['author_association']),
    body,
    url: textOf(text['html_url']),
    ...(event === 'pull_request_review_comment' && {
      file: textOf(text['path']),
      threadRoot: count(text['in_reply_to_id']) || id,
    }),
    writtenAt: Number.isNaN(time) ? undefined : time,
  };
}

/** A number or id of GitHub; 0 when it is none. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
