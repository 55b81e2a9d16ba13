import { ChatSocket, refusal } from '../../support/chat-socket';
import { spawnGateway } from '../../support/gateway-process';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

it('logs that sockets come and go, and never their tokens', async () => {
  const folder = await tempDir();
  const gateway = await spawnGateway({ dir: folder.path, env: { ZEROCLAW_LOG_LEVEL: 'debug' } });
  try {
    const headers = { 'X-Pairing-Code': gateway.code() ?? '' };
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers });
    const { token } = (await paired.json()) as { token: string };
    const chat = await ChatSocket.open(gateway.url, { query: `token=${token}` });
    await chat.history();
    await chat.close();
    const wrong = 'not-the-token-you-want';
    await refusal(gateway.url, { query: `token=${wrong}` });
    await refusal(gateway.url, { protocols: [`bearer.${wrong}`] });
    const log = () => gateway.stdout() + gateway.stderr();
    await until(() => log().includes('a socket closed') && log().split('401').length > 2);
    expect(log()).toContain('a socket opened');
    expect(log()).not.toContain(token.slice(9, 40));
    expect(log()).not.toContain(wrong);
  } finally {
    await gateway.kill('SIGTERM');
    await folder.remove();
  }
});
