import { createHmac } from 'node:crypto';
import { GithubConfig } from '../../../src/channels/github/github.config';
import { GithubModule } from '../../../src/channels/github/github.module';
import { channelContract } from './channel-contract';

/**
 * Payloads: `@octokit/webhooks-examples` (api.github.com), word for word; the `.by-…`, `.marked` and `.elsewhere` ones with another author,
 * text or repository. Headers: https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers.
 */
const event = (name: string) => ({ 'x-github-event': name });
const COMMENT = event('issue_comment');
const thread = { sender: 'Codertocat', audience: 'public' } as const;
const issue = { ...thread, conversation: 'Codertocat/Hello-World#1', sessionId: 'github_Codertocat/Hello-World#1' };
const pull = { ...thread, conversation: 'Codertocat/Hello-World#2', sessionId: 'github_Codertocat/Hello-World#2' };

channelContract('github', {
  entry: { module: GithubModule, config: GithubConfig },
  table: `access_token = "github_pat_for_tests"
allowed_repos = ["codertocat/*"]
login = "acme-bot"
require_mention = false
respond_to_opened = true`,
  secretKey: 'webhook_secret',
  proof: 'x-hub-signature-256',
  sign: (body, secret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }),
  headers: {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/044aadd',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-github-hook-id': '292430182',
    'x-github-hook-installation-target-id': '79929171',
    'x-github-hook-installation-target-type': 'repository',
  },
  messages: [
    {
      fixture: 'issue_comment.created.json',
      headers: COMMENT,
      expect: [{ ...issue, id: 'issue_comment-492700400', sentAt: Date.parse('2019-05-15T15:20:21Z') }],
    },
    {
      fixture: 'pull_request_review_comment.created.json',
      headers: event('pull_request_review_comment'),
      expect: [{ ...pull, id: 'pull_request_review_comment-284312630', replyTo: 'review:284312630@1557933637000' }],
    },
    { fixture: 'issues.opened.json', headers: event('issues'), expect: [{ ...issue, id: 'issues-444500041' }] },
    {
      fixture: 'pull_request.opened.json',
      headers: event('pull_request'),
      expect: [{ ...pull, id: 'pull_request-279147437' }],
    },
  ],
  silent: [
    { fixture: 'ping.json', headers: event('ping'), expect: [] },
    { fixture: 'issue_comment.edited.json', headers: COMMENT, expect: ['not_a_message'] },
    { fixture: 'issue_comment.deleted.json', headers: COMMENT, expect: ['not_a_message'] },
    { fixture: 'discussion_comment.created.json', headers: event('discussion_comment'), expect: ['not_a_message'] },
    { fixture: 'issue_comment.created.by-bot.json', headers: COMMENT, expect: ['own'] },
    { fixture: 'issue_comment.created.by-us.json', headers: COMMENT, expect: ['own'] },
    { fixture: 'issue_comment.created.marked.json', headers: COMMENT, expect: ['own'] },
    { fixture: 'issue_comment.created.by-stranger.json', headers: COMMENT, expect: ['not_allowed'] },
    { fixture: 'issue_comment.created.elsewhere.json', headers: COMMENT, expect: ['not_allowed'] },
  ],
});
