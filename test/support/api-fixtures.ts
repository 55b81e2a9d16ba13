import { randomUUID } from 'node:crypto';
import type { ChannelTables } from '../../src/channels/queue/queue.tables';
import { PairingService } from '../../src/pairing/pairing.service';
import { Database } from '../../src/platform/database/database';
import { ApprovalsService } from '../../src/tools/approvals/approvals.service';
import type { GatewayUnderTest } from './gateway';

type Fixture = (gateway: GatewayUnderTest, token: string) => Promise<string>;

/** What the variables in the commands of docs/api.md stand for, each made anew for the command that needs it. */
export const FIXTURES: Readonly<Record<string, Fixture>> = {
  CODE: async (gateway) => (await gateway.get(PairingService).issueCode({})).code,
  DEVICE_ID: async (gateway) => {
    await gateway.pair();
    return gateway.get(PairingService).listDevices().at(-1)?.principal.id ?? '';
  },
  JOB_ID: async (gateway, token) => {
    const json = { schedule: '0 9 * * *', prompt: 'What is new?' };
    return ((await (await gateway.fetch('/api/cron', { json, token })).json()) as { job: { id: string } }).job.id;
  },
  SESSION_ID: async (gateway, token) => {
    const id = `s-${randomUUID()}`;
    await gateway.fetch('/api/chat', { json: { message: 'Hello!', session_id: id }, token });
    return id;
  },
  RUN_ID: async (gateway, token) => {
    const answer = await gateway.fetch('/api/chat', { json: { message: 'Hello!' }, token });
    return answer.headers.get('x-run-id') ?? '';
  },
  REVISION_ID: async (gateway, token) => {
    await gateway.fetch('/api/config', {
      method: 'PATCH',
      token,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ agent: { max_tool_iterations: 5 + Math.floor(Math.random() * 90) } }),
    });
    const { revisions } = (await (await gateway.fetch('/api/config/revisions', { token })).json()) as {
      revisions: { id: string }[];
    };
    return revisions.at(-1)?.id ?? '';
  },
  APPROVAL_ID: async (gateway) => {
    const call = { owner: 'local', sessionId: 's', door: 'api_chat', tool: 'shell', args: { command: randomUUID() } };
    const asked = { ...call, risk: 'high', reason: 'It changes something' } as const;
    return (await gateway.get(ApprovalsService).request(asked as never, undefined))?.id ?? '';
  },
  LETTER_ID: async (gateway) => {
    const id = `in_${randomUUID()}`;
    const message = { id, sender: '+1', conversation: '+1', text: 'Hello', sentAt: 0 };
    await gateway
      .get(Database)
      .tables<ChannelTables>()
      .insertInto('channel_inbox')
      .values({
        id,
        channel: 'linq',
        message_id: id,
        conversation: '+1',
        sender: '+1',
        message: JSON.stringify(message),
        status: 'dead',
        attempts: 3,
        error: 'it failed',
        holder: null,
        lease_until: null,
        next_attempt_at: 0,
        by_hand: 0,
        sent_at: 1,
        received_at: 1,
        finished_at: 1,
      })
      .execute();
    return id;
  },
};
