import { PigeonChannel } from './pigeon';
import { AgentService } from '../../src/agent/agent.service';
import { SessionRepository } from '../../src/agent/session.repository';
import { InboxRepository } from '../../src/channels/inbox/inbox.repository';
import { MessageEnd } from '../../src/channels/inbox/message-end';
import { Outbox } from '../../src/channels/outbox/outbox';
import { OutboxRepository } from '../../src/channels/outbox/outbox.repository';
import { PlatformRequests } from '../../src/webhooks/platform-requests';

type Class = abstract new (...args: never[]) => object;
type Method = (this: unknown, ...args: unknown[]) => unknown;
type When = 'before' | 'after';

/** Places on a message's way, by name: a method of ours, and whether the process dies before it or right after it has resolved. */
const POINTS: Record<string, [Class, string, When]> = {
  'before the claim': [InboxRepository, 'claim', 'before'],
  'after the claim, before the acknowledgement': [InboxRepository, 'claim', 'after'],
  'after the acknowledgement': [PlatformRequests, 'answer', 'after'],
  'after a message was taken up': [InboxRepository, 'take', 'after'],
  'at the sign that the turn has begun': [PigeonChannel, 'begun', 'before'],
  'before the turn': [AgentService, 'run', 'before'],
  'before the session keeps the turn': [SessionRepository, 'append', 'before'],
  'after the session has kept the turn': [SessionRepository, 'append', 'after'],
  'before the answer is written': [MessageEnd, 'answer', 'before'],
  'within the commit, before the answer': [Outbox, 'store', 'before'],
  'within the commit, after the answer': [Outbox, 'store', 'after'],
  'after the commit': [InboxRepository, 'finish', 'after'],
  'after an answer was taken up': [OutboxRepository, 'take', 'after'],
  'before a part is sent': [PigeonChannel, 'send', 'before'],
  'after a part is confirmed, before that is written': [OutboxRepository, 'advance', 'before'],
  'between two parts': [OutboxRepository, 'advance', 'after'],
  'after the last part is confirmed, before that is written': [OutboxRepository, 'sent', 'before'],
  'after all is written': [OutboxRepository, 'sent', 'after'],
};

export const CRASH_POINTS = Object.keys(POINTS);

/** This process kills itself (SIGKILL) the first time that it comes to this point. */
export function crashAt(point: string): void {
  const [type, name, when] = POINTS[point] ?? [];
  if (!type || name === undefined) throw new Error(`no such point: ${point}`);
  const methods = type.prototype as Record<string, Method>;
  const original = methods[name];
  if (!original) throw new Error(`${type.name} has no method ${name}`);
  methods[name] = function (this: unknown, ...args: unknown[]) {
    if (when === 'before') die();
    return Promise.resolve(original.apply(this, args)).then((result) => {
      // Taking nothing is not the point.
      if (!Array.isArray(result) || result.length > 0) die();
      return result;
    });
  };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
