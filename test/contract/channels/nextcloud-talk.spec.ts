import { createHmac } from 'node:crypto';
import { NextcloudTalkConfig } from '../../../src/channels/nextcloud-talk/nextcloud-talk.config';
import { NextcloudTalkModule } from '../../../src/channels/nextcloud-talk/nextcloud-talk.module';
import { channelContract } from './channel-contract';

const RANDOM = 'pVx2vYkXn0bqkZ1jJj3Zr9d1c5d0lq8p7m6o5n4b3v2c1x0z9a8s7d6f5g4h3j2k';
const ada = { conversation: 'n3xtc10ud', sender: 'users/ada-lovelace', audience: 'public' } as const;

channelContract('nextcloud-talk', {
  entry: { module: NextcloudTalkModule, config: NextcloudTalkConfig },
  table: 'base_url = "https://nextcloud.local"\napp_token = "app"\nallowed_users = ["ada-lovelace"]',
  secretKey: 'webhook_secret',
  sign: (body, secret) => ({
    'x-nextcloud-talk-random': RANDOM,
    'x-nextcloud-talk-signature': createHmac('sha256', secret)
      .update(Buffer.concat([Buffer.from(RANDOM), body]))
      .digest('hex'),
    'x-nextcloud-talk-backend': 'https://nextcloud.local/',
  }),
  proof: 'x-nextcloud-talk-signature',
  messages: [
    { fixture: 'create.json', expect: [{ ...ada, id: 'n3xtc10ud:1567', text: 'hi @world !', replyTo: '1567' }] },
    {
      fixture: 'legacy.json',
      expect: [
        {
          ...ada,
          id: 'room-token-123:77',
          conversation: 'room-token-123',
          text: 'Hello',
          sentAt: Date.UTC(2025, 0, 1, 3, 13, 20),
          replyTo: '77',
        },
      ],
    },
    {
      fixture: 'file.json',
      expect: [{ ...ada, text: '[shared file, not readable here: plan.pdf]', notice: expect.any(String) as string }],
    },
    {
      fixture: 'file-with-caption.json',
      expect: [
        {
          ...ada,
          text: 'what do you think of it, @Charles Babbage?\n[shared file, not readable here: plan.pdf]',
        },
      ],
    },
    { fixture: 'reply-to-bot.json', expect: [{ ...ada, text: 'and tomorrow?', replyTo: '1572' }] },
  ],
  silent: [
    { fixture: 'like.json', expect: ['not_a_message'] },
    { fixture: 'undo.json', expect: ['not_a_message'] },
    { fixture: 'join.json', expect: ['own'] },
    { fixture: 'leave.json', expect: ['own'] },
    { fixture: 'system-message.json', expect: ['not_a_message'] },
    { fixture: 'bot-message.json', expect: ['own'] },
    { fixture: 'guest.json', expect: ['not_allowed'] },
    { fixture: 'legacy-system-message.json', expect: ['not_a_message'] },
    { fixture: 'legacy-guest.json', expect: ['not_allowed'] },
    { fixture: 'legacy-bot.json', expect: ['own'] },
  ],
});
