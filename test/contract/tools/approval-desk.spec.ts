import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSections } from '../../../src/config-sections';
import { Clock } from '../../../src/platform/clock';
import { loadConfig } from '../../../src/platform/config/load-config';
import type { Database } from '../../../src/platform/database/database';
import { EventBus } from '../../../src/platform/events/event-bus';
import { RequestTracker } from '../../../src/platform/http/request-tracker';
import { LeakGuard } from '../../../src/platform/leak-guard/leak-guard';
import { Lifecycle } from '../../../src/platform/lifecycle/lifecycle';
import { ApprovalDesk } from '../../../src/tools/approvals/approval-desk';
import { ApprovalRepository } from '../../../src/tools/approvals/approval.repository';
import { ApprovalUpkeep } from '../../../src/tools/approvals/approval-upkeep';
import { ApprovalsService } from '../../../src/tools/approvals/approvals.service';
import type { AskedCall } from '../../../src/tools/approvals/asked-call';
import { describeEachDatabase } from '../../support/databases';
import { tempDir } from '../../support/temp-dir';
import { TestClock } from '../../support/test-clock';
import { toolContext } from '../../support/tools';
import { until } from '../../support/until';

const CALL: AskedCall = {
  owner: 'anna',
  sessionId: 's',
  door: 'api_chat',
  tool: 'shell',
  args: { command: 'touch x' },
  risk: 'medium',
  reason: 'medium risk',
};

describeEachDatabase('approvals over several processes', (open) => {
  let dir: { path: string; remove: () => Promise<void> };
  beforeEach(async () => {
    dir = await tempDir();
    await writeFile(join(dir.path, 'config.toml'), '');
  });
  afterEach(() => dir.remove());

  /** What one process has of it. */
  async function start(database: Database, clock: Clock = new Clock()) {
    const config = await loadConfig({ sections: configSections, configDir: dir.path, env: {} });
    const events = new EventBus();
    const repository = new ApprovalRepository(database);
    const service = new ApprovalsService(repository, config, new LeakGuard(config), events, clock);
    const lifecycle = new Lifecycle(new RequestTracker(), config);
    const desk = new ApprovalDesk(service, lifecycle, events);
    return { service, desk, lifecycle, upkeep: new ApprovalUpkeep(service, repository, desk, database, clock) };
  }
  const pendingId = async (service: ApprovalsService) => {
    await until(async () => (await service.list('pending', undefined, 10)).length > 0);
    return (await service.list('pending', undefined, 10))[0]?.id ?? '';
  };

  it.each(['approve', 'deny'] as const)(
    'a call that one holds goes on when somebody says %s to another',
    async (decision) => {
      const [here, there] = [await start(await open()), await start(await open())];
      const held: string[] = [];
      const context = toolContext({
        canWait: true,
        onHeld: ({ approvalId }) => {
          held.push(approvalId);
          return () => held.pop();
        },
      });
      const answer = here.desk.ask(CALL, context);
      const id = await pendingId(there.service);
      expect(held).toEqual([id]);
      await there.service.decide(id, decision, 'bob', undefined);
      expect(await answer).toMatchObject({ granted: decision === 'approve' });
      expect(held).toEqual([]);
    },
  );

  it('a question without a waiting turn is one question, wherever it is asked again', async () => {
    const [here, there] = [await start(await open()), await start(await open())];
    const pending: string[] = [];
    const context = toolContext({ onPending: ({ approvalId }) => pending.push(approvalId) });
    expect(await here.desk.ask(CALL, context)).toMatchObject({ granted: false, reason: 'approval_pending' });
    await there.desk.ask(CALL, context);
    const same = { ...CALL, args: { ...CALL.args } };
    await here.desk.ask(same, context);
    await here.desk.ask({ ...CALL, args: { command: 'touch y' } }, context);
    const [first = '', , , last] = pending;
    expect(pending).toEqual([first, first, first, last]);
    expect(last).not.toBe(first);
    await there.service.decide(first, 'approve', 'bob', undefined);
    const answers = await Promise.all([here.desk.ask(CALL, context), there.desk.ask(CALL, context)]);
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
  });

  it('a gateway that stops holds nothing any longer', async () => {
    const { desk, service, lifecycle } = await start(await open());
    const answer = desk.ask(CALL, toolContext({ canWait: true }));
    const id = await pendingId(service);
    await lifecycle.drain();
    expect(await answer).toMatchObject({ granted: false, reason: 'approval_expired' });
    expect((await service.find(id))?.status).toBe('expired');
  });

  it('what a dead process held ends, and what a living one holds does not', async () => {
    const clock = new TestClock();
    const [dead, alive] = [await start(await open(), clock), await start(await open(), clock)];
    const controller = new AbortController();
    const waiting = toolContext({ canWait: true, signal: controller.signal });
    await dead.service.request(CALL, 'a process that was killed');
    const held = alive.desk.ask({ ...CALL, owner: 'bob' }, waiting).catch(() => 'ended');
    await until(async () => (await alive.service.list('pending', 'bob', 10)).length === 1);
    for (let second = 0; second < 40; second += 10) {
      clock.advance(10_000);
      await alive.upkeep.run();
    }
    expect((await alive.service.list('expired', undefined, 10)).map(({ owner }) => owner)).toEqual(['anna']);
    expect((await alive.service.list('pending', undefined, 10)).map(({ owner }) => owner)).toEqual(['bob']);
    controller.abort(new Error('over'));
    expect(await held).toBe('ended');
    expect(await alive.service.list('pending', undefined, 10)).toEqual([]);
  });
});
