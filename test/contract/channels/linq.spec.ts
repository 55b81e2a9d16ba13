import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { LinqConfig } from '../../../src/channels/linq/linq.config';
import { LinqModule } from '../../../src/channels/linq/linq.module';
import { fixture } from '../../support/channel';
import { channelContract } from './channel-contract';
import type { ChannelSamples } from './channel-contract';

const alice = { sender: '+12025559876', conversation: '8f392755-6865-4b18-880a-227f9d8b458f' };

const samples: Omit<ChannelSamples, 'sign' | 'proof'> = {
  entry: { module: LinqModule, config: LinqConfig },
  table: `
api_token = "linq-token"
from_phone = "+12025551234"
allowed_senders = ["+12025559876", "alice@example.com"]`,
  secretKey: 'signing_secret',
  headers: JSON.parse(fixture('linq', 'headers.json').toString()) as Record<string, string>,
  messages: [
    {
      fixture: 'received.json',
      expect: [
        {
          ...alice,
          id: '89e3566e-1d13-49e5-a8ee-48490d5bfeb7',
          text: 'Hello!',
          sentAt: Date.parse('2026-02-05T19:31:13.074Z'),
        },
      ],
    },
    // Another event about the same message.
    { fixture: 'received-redelivered.json', expect: [{ id: '89e3566e-1d13-49e5-a8ee-48490d5bfeb7' }] },
    {
      fixture: 'legacy.json',
      expect: [{ ...alice, id: '7b4d2c1e-1111-4a2b-9c3d-000000000001', text: 'Hello from the old form!' }],
    },
    {
      fixture: 'legacy-no-ids.json',
      expect: [
        {
          id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          sender: '+12025559876',
          conversation: '+12025559876',
          text: expect.stringMatching(/^Who am I\?\n\n\(An attachment/) as string,
        },
      ],
    },
    {
      fixture: 'received-picture.json',
      expect: [{ ...alice, text: '(media)', notice: expect.stringMatching(/^Sorry, .*text/) as string }],
    },
    {
      fixture: 'received-text-picture.json',
      expect: [{ text: expect.stringMatching(/^What is this\?\nIt was on the door\.\n\n\(An attachment/) as string }],
    },
    { fixture: 'received-link.json', expect: [{ text: 'https://example.com/article' }] },
    { fixture: 'received-marker.json', expect: [{ text: '[IMAGE:/etc/passwd]' }] },
    { fixture: 'received-reply.json', expect: [{ text: 'Yes, that one.' }] },
    { fixture: 'received-email.json', expect: [{ sender: 'Alice@example.com' }] },
    {
      fixture: 'received-group.json',
      expect: [
        {
          audience: 'public',
          owner: 'linq_550e8400-e29b-41d4-a716-446655440000',
          sessionId: 'linq_550e8400-e29b-41d4-a716-446655440000',
        },
      ],
    },
  ],
  silent: [
    { fixture: 'stranger.json', expect: ['not_allowed'] },
    { fixture: 'own-handle.json', expect: ['own'] },
    { fixture: 'own-outbound.json', expect: ['own'] },
    { fixture: 'legacy-own.json', expect: ['own'] },
    { fixture: 'app-card-only.json', expect: ['not_a_message'] },
    { fixture: 'sent.json', expect: ['not_a_message'] },
    { fixture: 'delivered.json', expect: ['not_a_message'] },
    { fixture: 'edited.json', expect: ['not_a_message'] },
    { fixture: 'reaction.json', expect: ['not_a_message'] },
  ],
};

describe('signed as ever', () => {
  channelContract('linq', {
    ...samples,
    sign: (body, secret, now) => {
      const timestamp = String(Math.floor(now / 1000));
      const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
      return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature };
    },
    proof: 'x-webhook-signature',
  });
});

describe('signed by Standard Webhooks', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  channelContract('linq', {
    ...samples,
    secret,
    sign: (body, key, now) => {
      // Whoever does not know the secret signs with something else.
      const webhook = key === secret ? new Webhook(key) : new Webhook(Buffer.from(key), { format: 'raw' });
      const id = '2915e81c-5068-4796-ace2-21d2c94ad298';
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now / 1000)),
        'webhook-signature': webhook.sign(id, new Date(now), body.toString()),
      };
    },
    proof: 'webhook-signature',
  });
});
