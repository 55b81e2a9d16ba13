import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SessionRepository } from '../../../src/agent/session.repository';
import { startGateway } from '../../support/gateway';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { until } from '../../support/until';
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

  it('holds nothing of a turn that was killed between a tool call and its result', async () => {
    const folder = await tempDir();
    const upstream = await startRawUpstream((response, _, body) => {
      const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
      const call = { index: 0, id: 'call_1', function: { name: 'shell', arguments: '{"command":"sleep 60"}' } };
      const wantsTool = messages.at(-1)?.content.includes('take your time');
      const delta = wantsTool ? { tool_calls: [call] } : { content: 'here I am' };
      openStream(response).end(sse(chunk(delta), chunk({}, wantsTool ? 'tool_calls' : 'stop'), '[DONE]'));
    });
    const toml = [
      `default_provider = "custom:${upstream.url}/v1"`,
      'default_model = "m"',
      '[autonomy]',
      'level = "full"',
      'allowed_commands = ["sleep"]',
      'non_cli_excluded_tools = []',
    ];
    await writeFile(join(folder.path, 'config.toml'), toml.join('\n'), { mode: 0o600 });
    let gateway: GatewayProcess | undefined;
    try {
      gateway = await spawnGateway({ dir: folder.path });
      const paired = await fetch(`${gateway.url}/pair`, {
        method: 'POST',
        headers: { 'X-Pairing-Code': gateway.code() ?? '' },
      });
      const { token } = (await paired.json()) as { token: string };
      const say = (message: string) =>
        fetch(`${gateway?.url}/api/chat`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ message, session_id: 'lasting', stream: true }),
        });
      const told = () => {
        const { messages } = JSON.parse(upstream.requests.at(-1)?.body ?? '') as { messages: { content: string }[] };
        return messages.slice(1).map(({ content }) => content);
      };
      expect(await (await say('before')).text()).toContain('here I am');
      const interrupted = await say('take your time');
      for await (const piece of interrupted.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        if (piece.includes('event: tool_call')) break;
      }
      await gateway.kill('SIGKILL');

      gateway = await spawnGateway({ dir: folder.path });
      expect(await (await say('after')).text()).toContain('here I am');
      expect(told()).toEqual(['before', 'here I am', 'after']);
    } finally {
      await gateway?.kill('SIGKILL');
      await upstream.stop();
      await folder.remove();
    }
  }, 60_000);

  it('stops the command of a turn whose client has left', async () => {
    const upstream = await startRawUpstream((response) => {
      const call = { index: 0, id: 'call_1', function: { name: 'shell', arguments: '{"command":"sleep 61.25"}' } };
      openStream(response).end(sse(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]'));
    });
    const gateway = await startGateway({
      toml: `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n[autonomy]\nlevel = "full"\nallowed_commands = ["sleep"]\nnon_cli_excluded_tools = []\n`,
    });
    try {
      const client = new AbortController();
      const response = await gateway.fetch('/api/chat', {
        json: { message: 'wait', session_id: 'left', stream: true },
        signal: client.signal,
      });
      expect(response.status).toBe(200);
      await until(async () => (await running(SLEEPING)).length === 1);
      client.abort();
      await until(async () => (await running(SLEEPING)).length === 0);
      const kept = await gateway.get(SessionRepository).latest({ owner: 'left', id: 'left' }, 10);
      expect(kept).toEqual([]);
    } finally {
      await gateway.stop();
      await upstream.stop();
    }
  });
});

/** A command line as the kernel keeps it. */
const SLEEPING = ['sleep', '61.25', ''].join('\0');

/** Ids of the processes of this machine whose command line is this. */
async function running(command: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index] === command);
}
