import { createHmac } from 'node:crypto';
import { SlackConfig } from '../../../src/channels/slack/slack.config';
import { SlackModule } from '../../../src/channels/slack/slack.module';
import { channelContract } from './channel-contract';

const ada = { sender: 'U061F7AUR', conversation: 'C123ABC456:1515449522.000016', audience: 'public' } as const;

channelContract('slack', {
  entry: { module: SlackModule, config: SlackConfig },
  table: 'bot_token = "xoxb-1"\nallowed_users = ["U061F7AUR", "U2147483697", "U0LAN0Z89"]',
  secretKey: 'signing_secret',
  sign: (body, secret, now) => {
    const timestamp = String(Math.floor(now / 1000));
    const signed = Buffer.concat([Buffer.from(`v0:${timestamp}:`), body]);
    return {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(signed).digest('hex')}`,
    };
  },
  proof: 'x-slack-signature',
  messages: [
    {
      fixture: 'app-mention.json',
      expect: [
        {
          ...ada,
          id: 'C123ABC456:1515449522.000016',
          text: '@U0LAN0Z89 is it everything a river should be?',
          sentAt: 1_515_449_522_000,
        },
      ],
    },
    {
      fixture: 'message-with-mention.json',
      expect: [{ ...ada, id: 'C123ABC456:1515449522.000016', text: 'is it everything a river should be?' }],
    },
    {
      fixture: 'thread-mention.json',
      expect: [
        {
          ...ada,
          id: 'C123ABC456:1515449600.000100',
          text: 'and #general & that page (https://example.com), ?',
        },
      ],
    },
    {
      fixture: 'message-im.json',
      expect: [
        {
          id: 'D024BE91L:1355517523.000005',
          conversation: 'D024BE91L',
          sender: 'U2147483697',
          text: 'Hello hello can you hear me?',
        },
      ],
    },
    {
      fixture: 'file-share.json',
      expect: [{ conversation: 'D024BE91L', notice: expect.any(String) as string }],
    },
  ],
  silent: [
    { fixture: 'message-mpim.json', expect: ['not_mentioned'] },
    { fixture: 'message-channel.json', expect: ['not_mentioned'] },
    { fixture: 'message-changed.json', expect: ['not_a_message'] },
    { fixture: 'reaction.json', expect: ['not_a_message'] },
    { fixture: 'url-verification.json', expect: ['not_a_message'] },
    { fixture: 'bot-message.json', expect: ['own'] },
    { fixture: 'own-message.json', expect: ['own'] },
    { fixture: 'stranger.json', expect: ['not_allowed'] },
  ],
});
