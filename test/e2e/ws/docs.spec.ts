import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { SocketRegistry } from '../../../src/platform/websocket/socket.registry';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import { startGateway } from '../../support/gateway';
import { until } from '../../support/until';

it('the example of docs/websocket.md works as it stands there, and survives a cut', async () => {
  const page = await readFile(resolve(__dirname, '../../../docs/websocket.md'), 'utf8');
  const [, example = ''] = /```js\n([\s\S]+?)```/.exec(page) ?? [];
  let stream: ServerResponse | undefined;
  const upstream = await startChatUpstream(() => (opened) => void (stream = opened));
  const gateway = await startGateway({ toml: upstream.toml });
  try {
    const file = join(gateway.dir, 'chat.mjs');
    await writeFile(file, example);
    const child = spawn(process.execPath, [file, 'What is new?'], {
      env: { GATEWAY: gateway.url.replace('http', 'ws'), TOKEN: await gateway.pair() },
    });
    let said = '';
    let wrong = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (wrong += text));
    const over = once(child, 'close');
    await until(() => stream !== undefined);
    stream?.write(pieces('Nothing at ', 'all, '));
    await until(() => said.includes('Nothing'));
    for (const socket of gateway.get(SocketRegistry).all()) socket.terminate();
    stream?.write(pieces('and that ', 'is '));
    stream?.end(pieces('good.') + end());
    const [exitCode] = (await over) as [number];
    expect({ exitCode, said, wrong }).toEqual({ exitCode: 0, said: 'Nothing at all, and that is good.', wrong: '' });
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
});
