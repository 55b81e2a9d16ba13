import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CostUpkeep } from '../../../src/cost/cost-upkeep';
import { Clock } from '../../../src/platform/clock';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import { until } from '../../support/until';
import { costToml, startCostGateway } from './cost-gateway';
import type { CostGateway } from './cost-gateway';

const DAY_MS = 86_400_000;

let models: MockModels;
let gateway: CostGateway;

beforeAll(async () => {
  models = await startMockModels();
  await models.answer({
    match: { userMessage: 'hello' },
    response: { content: 'Hi', usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } },
  });
});
afterAll(() => models.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.stop();
});

const DOLLAR_CALLS = 'retention_days = 10\n[cost.prices."gpt-test"]\ninput = 1\noutput = 1\n';
const ask = () => gateway.fetch('/api/chat', { json: { message: 'hello', session_id: 'trip' } });

describe('the upkeep of the books', () => {
  it('forgets single calls after their days, and keeps the sums', async () => {
    gateway = await startCostGateway({ toml: costToml(models.url, DOLLAR_CALLS) });
    expect((await ask()).status).toBe(200);
    const [today] = (await gateway.cost()).by_day;
    const range = `?from=${today?.day}&to=${today?.day}`;
    const clock = jest.spyOn(gateway.get(Clock), 'now');

    clock.mockReturnValue(Date.now() + 10 * DAY_MS);
    await gateway.get(CostUpkeep).run();
    expect(await gateway.cost(range)).toMatchObject({ by_session: [{ session_id: 'trip', cost_usd: 1 }] });

    clock.mockReturnValue(Date.now() + 12 * DAY_MS);
    await gateway.get(CostUpkeep).run();
    expect(await gateway.cost(range)).toMatchObject({ by_session: [], by_day: [{ cost_usd: 1, request_count: 1 }] });
  });

  it('begins when counting is switched on, without a restart', async () => {
    gateway = await startCostGateway({
      toml: costToml(models.url, DOLLAR_CALLS).replace('enabled = true', 'enabled = false'),
    });
    expect((await ask()).status).toBe(200);
    expect((await gateway.cost()).request_count).toBe(0);

    const file = join(gateway.dir, 'config.toml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('enabled = false', 'enabled = true'));
    await until(async () => (await gateway.cost()).enabled);

    expect((await ask()).status).toBe(200);
    expect(await gateway.cost()).toMatchObject({ request_count: 1, daily_cost_usd: 1 });
  });
});
