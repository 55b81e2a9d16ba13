import { hmacSha256 } from '../../src/channels/core/signature';
import { channelContract } from '../../test/contract/channels/channel-contract';
import { part, patient, startChannel } from '../../test/support/channel';
import { startPlatform } from '../../test/support/platform-server';
import { SampleChatConfig } from './sample-chat.config';
import { SampleChatModule } from './sample-chat.module';

const entry = { module: SampleChatModule, config: SampleChatConfig };

channelContract('sample-chat', {
  entry,
  table: 'api_base_url = "http://127.0.0.1:1"\nallowed_senders = ["ada"]',
  secretKey: 'secret',
  sign: (body, secret) => ({ 'x-signature-256': hmacSha256(secret, body) }),
  proof: 'x-signature-256',
  messages: [{ fixture: 'message.json', expect: [{ id: 'm-1', conversation: 'ada', sender: 'ada', text: 'Hello!' }] }],
  silent: [
    { fixture: 'stranger.json', expect: ['not_allowed'] },
    { fixture: 'joined.json', expect: ['not_a_message'] },
  ],
});

describe('sample-chat sends', () => {
  it('what the API takes, and says why it does not', async () => {
    const platform = await startPlatform();
    const table = `api_base_url = "${platform.url}/"\nsecret = "s"`;
    const { channel, stop } = await startChannel(entry, { table });
    await channel.send(part({ id: 'out_7.0', conversation: 'ada', text: 'Hello, Ada!' }), patient());
    platform.next({ status: 401 });
    const refused = channel.send(part({ conversation: 'ada' }), patient());
    await expect(refused).rejects.toMatchObject({ failure: 'credentials' });
    expect(platform.taken).toMatchObject([
      {
        method: 'POST',
        path: '/messages',
        headers: { 'idempotency-key': 'out_7.0' },
        json: { to: 'ada', text: 'Hello, Ada!' },
      },
    ]);
    await stop();
    await platform.stop();
  });
});
