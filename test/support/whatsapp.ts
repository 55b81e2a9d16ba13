import { createHmac } from 'node:crypto';
import type { ChannelRequest } from '../../src/channels/core/channel';
import { WhatsAppConfig } from '../../src/channels/whatsapp/whatsapp.config';
import { WhatsAppModule } from '../../src/channels/whatsapp/whatsapp.module';
import { channelRequest } from './channel';

export const whatsapp = { module: WhatsAppModule, config: WhatsAppConfig };

export const PHONE_NUMBER_ID = '106540352242922';

/** The keys of a complete table. */
export const WHATSAPP_TABLE = `
phone_number_id = "${PHONE_NUMBER_ID}"
access_token = "EAAG"
verify_token = "open sesame"
app_secret = "app secret"
allowed_numbers = ["+16505551234"]`;

/** A webhook with one message; the fields given go over those of a text. */
export function delivery(
  message: Record<string, unknown>,
  phoneNumberId: string | undefined = PHONE_NUMBER_ID,
): ChannelRequest {
  const text = { from: '16505551234', id: 'wamid.A', timestamp: '1749416383', type: 'text', text: { body: 'hi' } };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
    messages: [{ ...text, ...message }],
  };
  const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ value, field: 'messages' }] }] };
  return channelRequest(JSON.stringify(body), {}, { receivedAt: 1_750_000_000_000 });
}

export function hubSignature(body: Buffer | string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
