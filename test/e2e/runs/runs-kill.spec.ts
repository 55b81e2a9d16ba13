import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { readEvents } from '../../support/sse-client';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import { chunk, openStream, sse, startRawUpstream } from '../../support/upstream';

interface RunShown {
  id: string;
  door: string;
  status: string;
  error: { code: string } | null;
}

describe('runs of a process that is killed', () => {
  it('are interrupted, but those that were promised are taken up again', async () => {
    const folder = await tempDir();
    let silent = true;
    const upstream = await startRawUpstream((response) => {
      openStream(response);
      if (!silent) response.end(sse(chunk({ content: 'at last' }), chunk({}, 'stop'), '[DONE]'));
    });
    const toml = `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n`;
    await writeFile(join(folder.path, 'config.toml'), toml, { mode: 0o600 });
    let gateway: GatewayProcess | undefined;
    try {
      gateway = await spawnGateway({ dir: folder.path });
      const headers: Record<string, string> = { 'X-Pairing-Code': gateway.code() ?? '' };
      const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers });
      const { token } = (await paired.json()) as { token: string };
      const ask = (path: string, json?: object) =>
        fetch(gateway?.url + path, {
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          ...(json && { method: 'POST', body: JSON.stringify(json) }),
        });
      const runs = async () => ((await (await ask('/api/runs')).json()) as { runs: RunShown[] }).runs;

      void ask('/api/chat', { message: 'asked', stream: true }).catch(() => undefined);
      await until(() => upstream.requests.length === 1);
      expect(await runs()).toMatchObject([{ door: 'api_chat', status: 'running' }]);
      const pushed = await ask('/api/sessions/lasting/messages', { content: 'pushed' });
      expect(pushed.status).toBe(202);
      const { run_id: promised } = (await pushed.json()) as { run_id: string };
      await gateway.kill('SIGKILL');

      silent = false;
      gateway = await spawnGateway({ dir: folder.path });
      await until(async () => (await runs()).every(({ status }) => status !== 'running'));
      expect(await runs()).toMatchObject([
        { id: promised, door: 'session', status: 'completed', error: null },
        { door: 'api_chat', status: 'interrupted', error: { code: 'run.interrupted' } },
      ]);
      const session = (await (await ask('/api/sessions/lasting')).json()) as { messages: object[] };
      expect(session.messages).toMatchObject([{ content: 'pushed' }, { role: 'assistant', content: 'at last' }]);
      const ids: number[] = [];
      for await (const { id } of readEvents(await ask(`/api/runs/${promised}/events?last_event_id=1`))) {
        ids.push(Number(id));
      }
      expect(ids).toEqual([1_000_001, 1_000_002, 1_000_003, 1_000_004]);
    } finally {
      await gateway?.kill('SIGKILL');
      await upstream.stop();
      await folder.remove();
    }
  }, 60_000);
});
