import type { ServerResponse } from 'node:http';
import { BudgetGate } from '../../../src/cost/budget-gate';
import { CostUpkeep } from '../../../src/cost/cost-upkeep';
import { ReservationRepository } from '../../../src/cost/reservation.repository';
import { Clock } from '../../../src/platform/clock';
import { Database } from '../../../src/platform/database/database';
import { EventBus } from '../../../src/platform/events/event-bus';
import type { GatewayEvents } from '../../../src/platform/events/event-bus';
import { reservation } from '../../support/cost-rows';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';
import { costToml, startCostGateway } from './cost-gateway';
import type { CostGateway } from './cost-gateway';

const DAY_MS = 86_400_000;

/** Every call costs one USD, however short it is. */
const DOLLAR_CALLS = `
[cost.prices."upstream/gpt-test"]
input = 1
output = 0
`;
const block = (limits: string, rest = '') => `${limits}
[cost.enforcement]
mode = "block"
${DOLLAR_CALLS}${rest}`;

let upstream: RawUpstream;
let gateway: CostGateway | undefined;
/** What the host counts for each call. */
let counted: number;
const asked: string[] = [];
/** Answers that the host holds back. */
let held: ServerResponse[] | undefined;

beforeAll(async () => {
  upstream = await startRawUpstream((response, _, body) => {
    const { model } = JSON.parse(body) as { model: string };
    asked.push(model);
    if (held) held.push(response);
    else answer(response);
  });
});
function answer(response: ServerResponse): void {
  const usage = { prompt_tokens: counted, completion_tokens: 1, total_tokens: counted + 1 };
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ usage, choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] }));
}
afterAll(() => upstream.stop());
beforeEach(() => {
  counted = 1_000_000;
  asked.length = 0;
  held = undefined;
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  jest.restoreAllMocks();
});

async function start(cost: string, dir?: string): Promise<CostGateway> {
  const toml = costToml(upstream.url, cost);
  gateway = await startCostGateway(dir === undefined ? { toml } : { toml, dir });
  return gateway;
}

function announced<K extends keyof GatewayEvents>(from: CostGateway, name: K): GatewayEvents[K][] {
  const seen: GatewayEvents[K][] = [];
  from.get(EventBus).on(name, (event) => seen.push(event));
  return seen;
}

describe('a budget that blocks', () => {
  it('lets a hundred calls at once pass it by one call at the most', async () => {
    const { complete, cost, get } = await start(block('daily_limit_usd = 10.5'));
    await cost();
    held = [];
    const statuses: number[] = [];
    const answered = Array.from({ length: 100 }, async () => statuses.push((await complete('hello')).status));
    await until(() => asked.length + get(BudgetGate).queued === 100);

    while (statuses.length < 100) {
      held.splice(0).forEach(answer);
      await until(() => statuses.length === 100 || held?.length !== 0);
    }
    await Promise.all(answered);

    expect(statuses.filter((status) => status === 200)).toHaveLength(11);
    expect(statuses.filter((status) => status === 402)).toHaveLength(89);
    expect((await cost()).daily_cost_usd).toBe(11);
    expect(asked).toHaveLength(11);
  });

  it('says what is spent, of which limit, and when there is more', async () => {
    const { complete, fetch } = await start(block('daily_limit_usd = 1'));
    await complete('hello');

    const refused = await fetch('/api/chat', { json: { message: 'hello' } });

    expect(refused.status).toBe(402);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      code: 'cost.budget_exceeded',
      error: expect.stringMatching(/^The daily budget of \$1\.00 .*upstream\/gpt-test: \$1\.00 are spent/),
    });
    const openai = await complete('hello');
    expect(openai.status).toBe(402);
    expect(await openai.json()).toMatchObject({ error: { code: 'insufficient_quota' } });
  });

  it('holds over the month when there is room in the day', async () => {
    const { complete } = await start(block('monthly_limit_usd = 1'));
    await complete('hello');

    const refused = await complete('hello');

    expect(await refused.text()).toContain('The monthly budget of $1.00');
  });

  it('leaves free models alone', async () => {
    const { fetch } = await start(`daily_limit_usd = 0\n[cost.enforcement]\nmode = "block"\n${DOLLAR_CALLS}`);

    expect((await fetch('/api/chat', { json: { message: 'hello' } })).status).toBe(402);

    await gateway?.stop();
    gateway = await startCostGateway({
      toml: 'default_provider = "echo"\n[cost]\nenabled = true\ndaily_limit_usd = 0\n[cost.enforcement]\nmode = "block"\n',
    });
    expect((await gateway.fetch('/api/chat', { json: { message: 'hello' } })).status).toBe(200);
    expect(await gateway.cost()).toMatchObject({ daily_cost_usd: 0, request_count: 1 });
  });

  it('takes nothing for calls that the host refused', async () => {
    const failing = await startRawUpstream((response) => void response.writeHead(500).end('{}'));
    gateway = await startCostGateway({ toml: costToml(failing.url, block('daily_limit_usd = 1')) });

    for (let attempt = 0; attempt < 5; attempt++) expect((await gateway.complete('hello')).status).toBe(502);

    expect(await gateway.cost()).toMatchObject({ daily_cost_usd: 0, request_count: 0, budget: { reserved_usd: 0 } });
    await failing.stop();
  });

  it('counts on after a restart', async () => {
    const dir = await tempDir();
    const first = await start(block('daily_limit_usd = 1'), dir.path);
    expect((await first.complete('hello')).status).toBe(200);
    await first.stop();

    const second = await start(block('daily_limit_usd = 1'), dir.path);

    expect((await second.complete('hello')).status).toBe(402);
    expect(await second.cost()).toMatchObject({ session_cost_usd: 0, daily_cost_usd: 1, monthly_cost_usd: 1 });
    await second.stop();
    gateway = undefined;
    await dir.remove();
  });

  it.each([
    ['a day', DAY_MS],
    ['two months', 60 * DAY_MS],
    ['a year', 365 * DAY_MS],
  ])('is not freed by a clock that is set back by %s', async (_, back) => {
    const { complete, cost, get } = await start(block('daily_limit_usd = 1'));
    expect((await complete('hello')).status).toBe(200);
    expect((await cost()).daily_cost_usd).toBe(1);

    jest.spyOn(get(Clock), 'now').mockImplementation(() => Date.now() - back);

    expect((await complete('hello')).status).toBe(402);
  });

  it('is whole again on the next day, while the month goes on', async () => {
    const { complete, get, cost } = await start(block('daily_limit_usd = 1\nmonthly_limit_usd = 2'));
    const clock = jest.spyOn(get(Clock), 'now').mockReturnValue(Date.UTC(2026, 0, 10, 23, 59));
    expect((await complete('hello')).status).toBe(200);
    expect((await complete('hello')).status).toBe(402);
    await cost();

    clock.mockReturnValue(Date.UTC(2026, 0, 11, 0, 1));
    expect((await complete('hello')).status).toBe(200);
    await cost();

    clock.mockReturnValue(Date.UTC(2026, 0, 12));
    expect(await (await complete('hello')).text()).toContain('monthly');
    await cost();

    clock.mockReturnValue(Date.UTC(2026, 1, 1));
    expect((await complete('hello')).status).toBe(200);
  });
});

describe('a call that has to wait for others', () => {
  const FIRST_OF_ITS_MODEL = block('daily_limit_usd = 100');

  /** One call of an unknown model is under way, and so far nobody knows what such calls cost. */
  async function oneUnderWay() {
    const { complete, cost, pair } = await start(FIRST_OF_ITS_MODEL);
    const token = await pair();
    await cost();
    held = [];
    const first = complete('hello');
    await until(() => held?.length === 1);
    return { first, token };
  }
  const ask = (token: string, signal?: AbortSignal) =>
    fetch(`${gateway?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'upstream/gpt-test', messages: [{ role: 'user', content: 'hello' }] }),
      ...(signal && { signal }),
    });
  const goOn = () => held?.splice(0).forEach(answer);

  it('goes on when they have ended', async () => {
    const { first, token } = await oneUnderWay();
    const second = ask(token);
    goOn();
    expect((await first).status).toBe(200);
    await until(() => held?.length === 1);
    goOn();

    expect((await second).status).toBe(200);
  });

  it('does not wait any more once it is known what calls of its model cost', async () => {
    const { first, token } = await oneUnderWay();
    goOn();
    expect((await first).status).toBe(200);
    await gateway?.cost();

    const others = Array.from({ length: 20 }, () => ask(token));

    await until(() => held?.length === 20);
    goOn();
    for (const other of others) expect((await other).status).toBe(200);
  });

  it('takes no room when its caller leaves', async () => {
    const { first, token } = await oneUnderWay();
    const leaving = new AbortController();
    const second = ask(token, leaving.signal).catch(() => 'left');
    leaving.abort();
    expect(await second).toBe('left');
    goOn();
    expect((await first).status).toBe(200);

    held = undefined;
    expect((await ask(token)).status).toBe(200);
    expect(asked).toHaveLength(2);
    expect(await gateway?.cost()).toMatchObject({ daily_cost_usd: 2, budget: { reserved_usd: 0 } });
  });

  it('is told to come back when that takes too long', async () => {
    const { first, token } = await oneUnderWay();
    const second = ask(token);
    await until(() => gateway?.get(BudgetGate).queued === 1);
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 31_000);

    const busy = await second;

    expect(busy.status).toBe(429);
    expect(busy.headers.get('retry-after')).toBe('5');
    expect(await busy.json()).toMatchObject({ error: { code: 'budget_busy' } });
    goOn();
    expect((await first).status).toBe(200);
  });

  it('is refused while the books cannot be read, because nobody knows what is spent', async () => {
    const { complete, get } = await start(FIRST_OF_ITS_MODEL);
    await get(Database).tables<object>().schema.dropTable('cost_reservations').execute();

    const refused = await complete('hello');

    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable' } });
    expect(asked).toEqual([]);
  });
});

describe('a reservation whose process is gone', () => {
  it('becomes an estimated record when its lease is over, and its money stays spent', async () => {
    const { cost, get, complete } = await start(block('daily_limit_usd = 1'));
    const time = Date.now();
    await get(ReservationRepository).admit(time, () => [
      reservation({ instance: 'gone', created_at: time, expires_at: time + 60_000, cost_nano: 9e8, amount_nano: 1e9 }),
    ]);
    await get(CostUpkeep).run();
    expect(await cost()).toMatchObject({ daily_cost_usd: 0, budget: { reserved_usd: 1 } });

    jest.spyOn(get(Clock), 'now').mockReturnValue(time + 61_000);
    await get(CostUpkeep).run();

    expect(await cost()).toMatchObject({ daily_cost_usd: 0.9, budget: { reserved_usd: 0 } });
    expect((await complete('hello')).status).toBe(200);
    expect((await complete('hello')).status).toBe(402);
  });
});

describe('a budget that routes down', () => {
  const ROUTES = `
[[model_routes]]
hint = "fast"
provider = "upstream"
model = "gpt-small"
`;
  const routed = (limits: string) =>
    `${limits}
[cost.enforcement]
mode = "route_down"
${DOLLAR_CALLS}
[cost.prices."upstream/gpt-small"]
input = 0.000001
output = 0
${ROUTES}`;

  it('asks the cheaper model when the usual one does not fit', async () => {
    const { fetch, cost } = await start(routed('daily_limit_usd = 1.0001'));
    const enforced = announced(gateway as CostGateway, 'cost.enforced');
    const ask = async () => (await fetch('/api/chat', { json: { message: 'hello' } })).json();

    expect(await ask()).toMatchObject({ model: 'upstream/gpt-test' });
    expect(await ask()).toMatchObject({ model: 'upstream/gpt-small' });

    expect(asked).toEqual(['gpt-test', 'gpt-small']);
    expect(enforced).toMatchObject([{ action: 'routed_down', period: 'daily' }]);
    expect(Object.keys((await cost()).by_model)).toEqual(['upstream/gpt-test', 'upstream/gpt-small']);
  });

  it('refuses what does not fit either, and a model that was asked for by name', async () => {
    const { fetch, complete } = await start(routed('daily_limit_usd = 1'));
    await fetch('/api/chat', { json: { message: 'hello' } });

    expect((await fetch('/api/chat', { json: { message: 'hello' } })).status).toBe(402);
    expect((await complete('hello')).status).toBe(402);
  });
});

describe('a budget that routes down to a model that does not exist', () => {
  it('refuses', async () => {
    const { fetch } = await start(`daily_limit_usd = 0\n[cost.enforcement]\nmode = "route_down"\n${DOLLAR_CALLS}`);

    expect((await fetch('/api/chat', { json: { message: 'hello' } })).status).toBe(402);
  });
});

describe('a budget that warns', () => {
  it('lets everything through and says once that a limit comes near, and once that it is passed', async () => {
    const { complete, cost } = await start(`daily_limit_usd = 2.5\nwarn_at_percent = 40\n${DOLLAR_CALLS}`);
    const warnings = announced(gateway as CostGateway, 'cost.warning');
    const passed = announced(gateway as CostGateway, 'cost.exceeded');
    for (let call = 0; call < 4; call++) {
      expect((await complete('hello')).status).toBe(200);
      await cost();
    }

    expect(warnings).toEqual([{ period: 'daily', spentUsd: 1, limitUsd: 2.5, percent: 40 }]);
    expect(passed).toEqual([{ period: 'daily', spentUsd: 3, limitUsd: 2.5 }]);
  });

  it('shows on the metrics', async () => {
    const { complete, cost, fetch } = await start(DOLLAR_CALLS);
    await complete('hello');
    await cost();

    const metrics = await (await fetch('/metrics')).text();

    expect(metrics).toContain('zeroclaw_cost_usd_total{provider="upstream"} 1');
    expect(metrics).toContain('zeroclaw_cost_budget_spent_usd{period="daily"} 1');
    expect(metrics).toContain('zeroclaw_cost_budget_limit_usd{period="monthly"} 100');
  });
});
