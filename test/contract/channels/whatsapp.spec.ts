import { createHmac } from 'node:crypto';
import { WhatsAppConfig } from '../../../src/channels/whatsapp/whatsapp.config';
import { WhatsAppModule } from '../../../src/channels/whatsapp/whatsapp.module';
import { fixture } from '../../support/channel';
import { channelContract } from './channel-contract';

const number = { sender: '+16505551234', conversation: '+16505551234' };
const noticed = { ...number, notice: expect.stringMatching(/^Sorry, I cannot read .*text.*$/) as string };

channelContract('whatsapp', {
  entry: { module: WhatsAppModule, config: WhatsAppConfig },
  table: `
phone_number_id = "106540352242922"
access_token = "EAAG"
verify_token = "open sesame"
allowed_numbers = ["+16505551234", "US.13491208655302741918"]`,
  secretKey: 'app_secret',
  sign: (body, secret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }),
  proof: 'x-hub-signature-256',
  headers: JSON.parse(fixture('whatsapp', 'headers.json').toString()) as Record<string, string>,
  messages: [
    {
      fixture: 'text.json',
      expect: [
        {
          ...number,
          id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=',
          replyTo: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=',
          text: 'Does it come in another color?',
          sentAt: 1_749_416_383_000,
        },
      ],
    },
    { fixture: 'text-quoting.json', expect: [{ ...number, text: 'Yes, that one.' }] },
    {
      fixture: 'text-hidden-number.json',
      expect: [{ sender: 'US.13491208655302741918', conversation: 'US.13491208655302741918' }],
    },
    { fixture: 'marker.json', expect: [{ ...number, text: '[IMAGE:/etc/passwd] what is this?' }] },
    { fixture: 'batch.json', expect: [{ text: 'First' }, { text: 'Second' }] },
    {
      fixture: 'image-caption.json',
      expect: [{ ...number, text: expect.stringMatching(/^Taj Mahal\n\n\(A picture came/) as string }],
    },
    {
      fixture: 'video-caption.json',
      expect: [{ text: expect.stringMatching(/^Is this the right way up\?\n\n\(A video/) as string }],
    },
    {
      fixture: 'document-caption.json',
      expect: [{ text: expect.stringMatching(/^Please check the invoice\.\n\n\(A doc/) as string }],
    },
    { fixture: 'list-reply.json', expect: [{ ...number, text: 'Priority Mail Express\nNext Day to 2 Days' }] },
    { fixture: 'button-reply.json', expect: [{ ...number, text: 'Cancel' }] },
    { fixture: 'quick-reply.json', expect: [{ ...number, text: 'Unsubscribe' }] },
    { fixture: 'flow-reply.json', expect: [{ ...number, text: '{"flow_token": "f1", "day": "Monday"}' }] },
    { fixture: 'image.json', expect: [{ ...noticed, text: '(image)' }] },
    { fixture: 'audio.json', expect: [{ ...noticed, text: '(audio)' }] },
    { fixture: 'sticker.json', expect: [{ ...noticed, text: '(sticker)' }] },
    { fixture: 'location.json', expect: [{ ...noticed, text: '(location)' }] },
    { fixture: 'contacts.json', expect: [{ ...noticed, text: '(contacts)' }] },
    { fixture: 'unsupported.json', expect: [{ ...noticed, text: '(unsupported)' }] },
  ],
  silent: [
    { fixture: 'text-stranger.json', expect: ['not_allowed'] },
    { fixture: 'text-in-group.json', expect: ['not_mentioned'] },
    { fixture: 'dashboard-test.json', expect: ['not_mentioned'] },
    { fixture: 'reaction.json', expect: ['not_a_message'] },
    { fixture: 'system.json', expect: ['not_a_message'] },
    { fixture: 'unsupported-poll-update.json', expect: ['not_a_message'] },
    { fixture: 'status-delivered.json', expect: ['not_a_message'] },
    { fixture: 'status-failed.json', expect: ['not_a_message'] },
  ],
});
