import { TelegramConfig } from '../../../src/channels/telegram/telegram.config';
import { TelegramModule } from '../../../src/channels/telegram/telegram.module';
import { channelContract } from './channel-contract';

const direct = { conversation: '1111111', sender: '1111111', id: '1111111:1365', replyTo: '1365' };
const group = { conversation: '-1001234567890', sender: '1111111', audience: 'public' } as const;
const sentAt = 1_441_645_532_000;
const notice = expect.any(String) as string;

channelContract('telegram', {
  entry: { module: TelegramModule, config: TelegramConfig },
  table: `bot_token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"\nbot_username = "claw_bot"\nallowed_users = ["1111111", "777000"]`,
  secretKey: 'webhook_secret',
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  sign: (_body, secret) => ({ 'x-telegram-bot-api-secret-token': secret }),
  proof: 'x-telegram-bot-api-secret-token',
  coversBody: false,
  messages: [
    { fixture: 'entities.json', expect: [{ ...direct, text: 'Bold and italics', sentAt }] },
    { fixture: 'start.json', expect: [{ ...direct, text: '/start', notice }] },
    { fixture: 'forwarded.json', expect: [{ ...direct, notice }] },
    { fixture: 'reply.json', expect: [{ ...direct, notice }] },
    { fixture: 'audio.json', expect: [{ ...direct, notice, text: '[attached, not readable here: audio]' }] },
    { fixture: 'voice.json', expect: [{ ...direct, notice }] },
    { fixture: 'document.json', expect: [{ ...direct, notice }] },
    {
      fixture: 'photo-with-caption.json',
      expect: [
        {
          conversation: '1111111',
          id: '1111111:508',
          text: 'What is this?\n[attached, not readable here: photo]',
        },
      ],
    },
    { fixture: 'group-mention.json', expect: [{ ...group, id: '-1001234567890:501', text: 'what is new? 👍🏽' }] },
    { fixture: 'group-command.json', expect: [{ ...group, text: '/ask what is new?' }] },
    { fixture: 'group-reply.json', expect: [{ ...group, text: 'and tomorrow?' }] },
    { fixture: 'group-text-mention.json', expect: [{ ...group, text: 'hi how are you' }] },
    { fixture: 'topic.json', expect: [{ ...group, conversation: '-1001234567890:42', text: 'what is new?' }] },
  ],
  silent: [
    { fixture: 'edited.json', expect: ['not_a_message'] },
    { fixture: 'inline-query.json', expect: ['not_a_message'] },
    { fixture: 'chosen-inline-result.json', expect: ['not_a_message'] },
    { fixture: 'callback-query.json', expect: ['not_a_message'] },
    { fixture: 'channel-post.json', expect: ['not_a_message'] },
    { fixture: 'new-member.json', expect: ['not_a_message'] },
    { fixture: 'automatic-forward.json', expect: ['not_a_message'] },
    { fixture: 'bot-message.json', expect: ['own'] },
    { fixture: 'own-message.json', expect: ['own'] },
    { fixture: 'stranger.json', expect: ['not_allowed'] },
    { fixture: 'group-unaddressed.json', expect: ['not_mentioned'] },
    { fixture: 'group-other-bot-command.json', expect: ['not_mentioned'] },
  ],
});
