import { describeEachDatabase } from '../../support/databases';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';
import { costToml, startCostGateway } from './cost-gateway';
import type { CostGateway } from './cost-gateway';

const ODD = `\u0000\ud800${'x'.repeat(5_000)}`;

describeEachDatabase('names that callers make up', (_open, { options }) => {
  let upstream: RawUpstream;
  let gateway: CostGateway;

  beforeEach(async () => {
    upstream = await startRawUpstream((response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({
          usage: { prompt_tokens: 10, completion_tokens: 1 },
          choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }],
        }),
      );
    });
    const { url } = options();
    const storage = url === undefined ? '' : `[storage]\nurl = ${JSON.stringify(url)}\n`;
    gateway = await startCostGateway({
      toml: costToml(upstream.url, `[cost.enforcement]\nmode = "block"\n`) + storage,
    });
  });
  afterEach(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  it('get into the books short and plain, and hold up nobody', async () => {
    const answer = await gateway.complete('hello', { model: `upstream/${ODD}` });
    expect(answer.status).toBe(200);
    expect((await gateway.complete('hello')).status).toBe(200);

    const { by_day: days, by_model: models } = await gateway.cost();

    expect(days).toMatchObject([{ request_count: 2 }]);
    expect(Object.keys(models).every((name) => name.length < 300)).toBe(true);
  });

  it('get into the audit log short and plain', async () => {
    const refused = await gateway.fetch('/api/chat', { json: { message: 'hi', session_id: ODD.slice(0, 100) } });
    expect(refused.status).toBe(400);

    const { entries } = (await (await gateway.fetch('/api/audit?type=turn')).json()) as { entries: object[] };

    expect(entries).toMatchObject([{ outcome: 'error', target: expect.stringMatching(/^\?\?x{98}$/) }]);
  });
});
