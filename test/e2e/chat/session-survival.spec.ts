import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { tempDir } from '../../support/temp-dir';
import { chunk, openStream, sse, startRawUpstream } from '../../support/upstream';

describe('a session', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('goes on after %s and a restart', async (signal) => {
    const folder = await tempDir();
    const upstream = await startRawUpstream((response) => {
      openStream(response).end(
        sse(chunk({ content: `answer ${upstream.requests.length}` }), chunk({}, 'stop'), '[DONE]'),
      );
    });
    const toml = `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n`;
    await writeFile(join(folder.path, 'config.toml'), toml, { mode: 0o600 });
    let gateway: GatewayProcess | undefined;
    try {
      gateway = await spawnGateway({ dir: folder.path });
      const paired = await fetch(`${gateway.url}/pair`, {
        method: 'POST',
        headers: { 'X-Pairing-Code': gateway.code() ?? '' },
      });
      const { token } = (await paired.json()) as { token: string };
      const say = async (message: string) => {
        const response = await fetch(`${gateway?.url}/api/chat`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ message, session_id: 'lasting' }),
        });
        expect(await response.json()).toMatchObject({ reply: expect.stringMatching(/^answer/) });
      };
      await say('before');
      await gateway.kill(signal);
      gateway = await spawnGateway({ dir: folder.path });
      await say('after');
      const { messages } = JSON.parse(upstream.requests[1]?.body ?? '') as { messages: { content: string }[] };
      expect(messages.slice(1).map(({ content }) => content)).toEqual(['before', 'answer 1', 'after']);
    } finally {
      await gateway?.kill('SIGKILL');
      await upstream.stop();
      await folder.remove();
    }
  });
});
