import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { describeEachDatabase } from '../../support/databases';
import { spawnGateway } from '../../support/gateway-process';
import type { GatewayProcess } from '../../support/gateway-process';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';
import { costToml } from './cost-gateway';
import type { CostBody } from './cost-gateway';

const TOKEN = `zcl_live_${'ab'.repeat(32)}`;
const LIMITED = `
daily_limit_usd = 5.5
[cost.enforcement]
mode = "block"
[cost.prices."upstream/gpt-test"]
input = 1
output = 0
`;

// Several processes start per test, on machines that may be busy.
jest.setTimeout(60_000);

describeEachDatabase('the books of processes', (_open, { dialect, options }) => {
  const processes: GatewayProcess[] = [];
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let upstream: RawUpstream;
  /** Answers that the host holds back. */
  let held: ServerResponse[] | undefined;

  beforeEach(async () => {
    dir = await tempDir();
    held = undefined;
    upstream = await startRawUpstream((response) => {
      if (held) held.push(response);
      else answer(response);
    });
    const { url } = options();
    const storage = url === undefined ? '' : `\n[storage]\nurl = ${JSON.stringify(url)}\n`;
    await writeFile(join(dir.path, 'config.toml'), costToml(upstream.url, LIMITED) + storage, { mode: 0o600 });
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((gateway) => gateway.kill('SIGKILL')));
    await upstream.stop();
    await dir.remove();
  });

  const start = async () => {
    const gateway = await spawnGateway({ dir: dir.path, env: { ZEROCLAW_GATEWAY_TOKEN: TOKEN } });
    processes.push(gateway);
    return gateway;
  };

  /** What the next process shows. */
  async function afterAKillInTheMiddle(): Promise<CostBody> {
    held = [];
    const first = await start();
    const cut = complete(first).catch(() => 'cut');
    await until(() => held?.length === 1);
    await first.kill('SIGKILL');
    expect(await cut).toBe('cut');
    return costOf(await start());
  }

  if (dialect === 'sqlite') {
    it('hold an estimate of the call that was running when its process was killed', async () => {
      const cost = await afterAKillInTheMiddle();

      expect(cost.by_day).toMatchObject([{ request_count: 1, estimated_count: 1 }]);
      expect(cost.daily_cost_usd).toBeGreaterThan(0);
      expect(cost.budget.reserved_usd).toBe(0);
    });
  } else {
    it('keep the money of a killed process set aside, because it could still be at work', async () => {
      expect((await afterAKillInTheMiddle()).budget.reserved_usd).toBeGreaterThan(0);
    });
  }

  it('have every call that was answered, also when the process is killed right after', async () => {
    const first = await start();
    expect((await complete(first)).status).toBe(200);
    await first.kill('SIGKILL');

    const second = await start();
    const { by_day: days, budget } = await costOf(second);

    const booked = days.reduce((sum, { request_count }) => sum + request_count, 0);
    expect(booked === 1 || budget.reserved_usd > 0).toBe(true);
  });

  if (dialect === 'postgres') {
    it('let a hundred calls at once over two replicas pass a limit by one call at the most', async () => {
      const replicas = await Promise.all([start(), start()]);

      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => complete(replicas[index % 2] as GatewayProcess)),
      );

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(6);
      expect(answers.filter(({ status }) => status === 402)).toHaveLength(94);
      expect(upstream.requests).toHaveLength(6);
      expect((await costOf(replicas[0] as GatewayProcess)).daily_cost_usd).toBe(6);
    });
  }
});

/** One dollar. */
function answer(response: ServerResponse): void {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 1 };
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ usage, choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] }));
}

function complete({ url }: GatewayProcess): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'upstream/gpt-test', messages: [{ role: 'user', content: 'hello' }] }),
  });
}

async function costOf({ url }: GatewayProcess): Promise<CostBody> {
  const response = await fetch(`${url}/api/cost`, { headers: { Authorization: `Bearer ${TOKEN}` } });
  return ((await response.json()) as { cost: CostBody }).cost;
}
