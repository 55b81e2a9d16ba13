const CONVERSATION = /^([\w-]+\/[\w.-]+)#([1-9]\d{0,14})$/;
const TARGET = /^(?:review:([1-9]\d{0,14})|thread)@(\d{1,16})$/;

/** An issue or a pull request: both are numbered from one row. */
export interface Thread {
  /** `owner/repo`, safe to stand in a path. */
  readonly repo: string;
  readonly number: number;
}

/** What is answered: the thread, or one review comment in the code. */
export interface ReplyTarget {
  /** Id of the comment that began the review thread; GitHub takes replies to that one only. */
  readonly reviewComment?: number;
  /** Milliseconds, by GitHub's clock: no answer is older. */
  readonly since: number;
}

/** `owner/repo#1` */
export function conversationOf({ repo, number }: Thread): string {
  return `${repo}#${number}`;
}

export function threadOf(conversation: string): Thread | undefined {
  const [, repo, number] = CONVERSATION.exec(conversation) ?? [];
  if (repo === undefined || repo.endsWith('/.') || repo.endsWith('/..')) return undefined;
  return { repo, number: Number(number) };
}

export function replyToOf({ reviewComment, since }: ReplyTarget): string {
  return `${reviewComment === undefined ? 'thread' : `review:${reviewComment}`}@${since}`;
}

export function replyTargetOf(replyTo: string | undefined): ReplyTarget | undefined {
  const [, comment, since] = TARGET.exec(replyTo ?? '') ?? [];
  if (since === undefined) return undefined;
  return { since: Number(since), ...(comment !== undefined && { reviewComment: Number(comment) }) };
}

/** Where reactions to a comment, issue or pull request are added, by https://docs.github.com/rest/reactions/reactions. */
export function reactionsOf(event: string, id: number, { repo, number }: Thread): string {
  if (event === 'issue_comment') return `/repos/${repo}/issues/comments/${id}/reactions`;
  if (event === 'pull_request_review_comment') return `/repos/${repo}/pulls/comments/${id}/reactions`;
  return `/repos/${repo}/issues/${number}/reactions`;
}
