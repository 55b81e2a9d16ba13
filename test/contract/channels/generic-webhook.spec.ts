import { Webhook } from 'standardwebhooks';
import { GenericWebhookConfig } from '../../../src/channels/generic-webhook/generic-webhook.config';
import { GenericWebhookModule } from '../../../src/channels/generic-webhook/generic-webhook.module';
import { channelContract } from './channel-contract';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';

channelContract('generic-webhook', {
  entry: { module: GenericWebhookModule, config: GenericWebhookConfig },
  table: 'url = "http://127.0.0.1:1/replies?key=1"\nallowed_senders = ["ada", "42"]',
  secretKey: 'signing_secret',
  secret,
  // Signed by the library of the specification's authors. Whoever does not know the secret signs with something else.
  sign: (body, key, now) => {
    const webhook = key === secret ? new Webhook(key) : new Webhook(Buffer.from(key), { format: 'raw' });
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': webhook.sign(id, new Date(now), body),
    };
  },
  proof: 'webhook-signature',
  messages: [
    {
      fixture: 'message.json',
      expect: [
        {
          id: 'm-1',
          conversation: 'room-7',
          sender: 'ada',
          text: 'Grüße! What is new?',
          sentAt: 1_769_860_800_250,
          replyTo: 'thread-3',
          audience: 'public',
        },
      ],
    },
    { fixture: 'short.json', expect: [{ id, conversation: 'ada', sender: 'ada', text: 'Hello!', replyTo: id }] },
    {
      fixture: 'numbers.json',
      expect: [{ id: '7', conversation: '8', sender: '42', text: '[IMAGE:/etc/passwd]', replyTo: '7' }],
    },
  ],
  silent: [
    { fixture: 'stranger.json', expect: ['not_allowed'] },
    { fixture: 'own-reply.json', expect: ['own'] },
    { fixture: 'joined.json', expect: ['not_a_message'] },
  ],
});
