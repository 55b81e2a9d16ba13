import { RunBooks } from '../../../../src/agent/runs/run-books';
import { RunRepository } from '../../../../src/agent/runs/run.repository';
import { RunsService } from '../../../../src/agent/runs/runs.service';
import type { RunFrame } from '../../../../src/agent/runs/run';
import { SessionsService } from '../../../../src/agent/sessions.service';
import { Lifecycle } from '../../../../src/platform/lifecycle/lifecycle';
import type { Principal } from '../../../../src/platform/http/principal';
import type { ModelEvent } from '../../../../src/providers/provider';
import type { AgentUnderTest } from '../../../support/agent';
import { calls, says, startAgent, turn } from '../../../support/agent';
import { until } from '../../../support/until';

const tester: Principal = { id: 'tester', name: null, scopes: ['chat'] };
const stranger: Principal = { id: 'stranger', name: null, scopes: ['chat', 'read'] };
const admin: Principal = { id: 'boss', name: null, scopes: ['admin'] };
const forever = () => new AbortController().signal;

/** A model that says one piece each time the test lets it, until told that that was all. */
function talker() {
  let bell = Promise.withResolvers<string | undefined>();
  async function* step(_: unknown, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    for (;;) {
      const stop = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => stop.reject(signal.reason), { once: true });
      const text = await Promise.race([bell.promise, stop.promise]);
      bell = Promise.withResolvers();
      if (text === undefined) break;
      yield { type: 'text', text };
    }
    yield { type: 'finish', reason: 'stop' };
  }
  return { step, say: (text: string) => bell.resolve(text), end: () => bell.resolve(undefined) };
}

async function all(frames: AsyncIterable<RunFrame>): Promise<RunFrame[]> {
  const list: RunFrame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

const types = (frames: RunFrame[]) => frames.map(({ event }) => event.type);

describe('runs', () => {
  let current: AgentUnderTest;
  let runs: RunsService;
  const start = async (toml = '') => {
    current = await startAgent({ toml });
    runs = current.get(RunsService);
    return current;
  };
  afterEach(() => current.stop());

  it('record every turn from its question to its end, numbered without a hole', async () => {
    const { model, run, announced } = await start();
    model.script(calls(['calculate', { expression: '6*7' }]), says('4', '2'));
    await run({ text: 'Six times seven?', sessionId: 's', runId: 'run_1' });
    const frames = await all(runs.frames(tester, 'run_1', 0, forever()));
    expect(types(frames)).toEqual(['user_message', 'tool_call', 'tool_result', 'usage', 'text', 'done']);
    expect(frames.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frames[0]?.event).toEqual({ type: 'user_message', content: 'Six times seven?' });
    expect(await runs.get(tester, 'run_1')).toMatchObject({
      status: 'completed',
      sessionId: 's',
      door: 'api_chat',
      lastSeq: 6,
      usage: { inputTokens: 10, outputTokens: 2 },
    });
    const whose = expect.objectContaining({ runId: 'run_1', owner: 'tester', sessionId: 's' });
    expect(announced('turn.started')).toEqual([whose]);
    expect(announced('tool.called')).toEqual([whose]);
    expect(announced('turn.finished')).toEqual([whose]);
  });

  it('are followed by any number of readers from any place while they happen', async () => {
    const { model } = await start();
    const talk = talker();
    model.script(talk.step);
    const launched = runs.launch(turn({ text: 'tell me' }));
    const early = all(runs.frames(tester, launched.id, 0, forever()));
    const late = all(runs.frames(tester, launched.id, 2, forever()));
    for (const piece of ['a', 'b', 'c']) {
      talk.say(`${piece} `.repeat(500));
      await until(async () => (await runs.get(tester, launched.id)).lastSeq > 'abc'.indexOf(piece) + 1);
    }
    talk.end();
    expect(await launched.finished).toMatchObject({ status: 'completed' });
    expect(types(await early)).toEqual(['user_message', 'text', 'text', 'text', 'done']);
    expect((await late).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(await all(runs.frames(tester, launched.id, 5, forever()))).toEqual([]);
  });

  it('are shown to the watchers of their session', async () => {
    const { model, run } = await start();
    model.script(says('one'), says('two'), says('three'));
    const seen: RunFrame[] = [];
    const end = runs.watchSession({ owner: 'tester', id: 's' }, (frame) => {
      seen.push(frame);
      throw new Error('a watcher that fails hurts nobody');
    });
    await run({ sessionId: 's' });
    await run({ sessionId: 'other' });
    await current.get(SessionsService).say({ owner: 'tester', id: 's' }, 'by the way');
    end();
    await run({ sessionId: 's' });
    expect(types(seen)).toEqual(['user_message', 'usage', 'text', 'done', 'done']);
    expect(seen.at(-1)?.event).toMatchObject({ text: 'by the way' });
    expect(await current.get(SessionsService).history({ owner: 'tester', id: 's' })).toMatchObject([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'one' },
      { role: 'assistant', content: 'by the way' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'three' },
    ]);
  });

  it('know what was said in their session before anybody asked', async () => {
    const { model, run } = await start();
    await current.get(SessionsService).say({ owner: 'tester', id: 's' }, 'Your backup failed.');
    model.script(says('At night.'));
    await run({ sessionId: 's', text: 'When?' });
    expect(model.requests[0]?.messages.slice(1)).toEqual([
      { role: 'user', content: '[You began this conversation yourself.]' },
      { role: 'assistant', content: 'Your backup failed.' },
      { role: 'user', content: 'When?' },
    ]);
  });

  it('are nobody else’s, admins excepted, whatever is asked of them', async () => {
    const { model, run } = await start();
    model.script(says('secret'));
    await run({ runId: 'run_1' });
    for (const id of ['run_1', 'run_unknown']) {
      const unknown = { status: 404, code: 'run.unknown', message: 'There is no such run' };
      await expect(runs.get(stranger, id)).rejects.toMatchObject(unknown);
      await expect(runs.cancel(stranger, id)).rejects.toMatchObject(unknown);
      await expect(all(runs.frames(stranger, id, 0, forever()))).rejects.toMatchObject(unknown);
    }
    expect(await runs.list(stranger, { all: true })).toEqual([]);
    expect(await runs.list(admin)).toEqual([]);
    expect(await runs.list(admin, { all: true })).toMatchObject([{ id: 'run_1' }]);
    expect(await runs.get(admin, 'run_1')).toMatchObject({ owner: 'tester' });
  });

  it('are cancelled from outside, and whoever waits is told', async () => {
    const { model, run } = await start();
    const talk = talker();
    model.script(talk.step);
    const waiting = run({ runId: 'run_1', sessionId: 's' });
    await until(() => model.requests.length === 1);
    await runs.cancel(tester, 'run_1');
    expect((await waiting).at(-1)).toMatchObject({ type: 'error', error: { code: 'turn.cancelled', status: 499 } });
    expect(await runs.get(tester, 'run_1')).toMatchObject({ status: 'cancelled', error: { code: 'turn.cancelled' } });
    await expect(runs.cancel(tester, 'run_1')).rejects.toMatchObject({ status: 409, code: 'run.finished' });
    expect(await current.get(SessionsService).history({ owner: 'tester', id: 's' })).toEqual([]);
  });

  it('end as cancelled when their client leaves, and as failed when they fail', async () => {
    const { model, agent, run } = await start();
    const talk = talker();
    model.script(talk.step);
    const leaving = agent.run(turn({ runId: 'run_left' }), forever());
    talk.say('first '.repeat(500));
    await leaving.next();
    await leaving.return();
    expect(await runs.get(tester, 'run_left')).toMatchObject({ status: 'cancelled' });
    await run({ runId: 'run_failed' });
    expect(await runs.get(tester, 'run_failed')).toMatchObject({ status: 'failed' });
    expect(types(await all(runs.frames(tester, 'run_failed', 0, forever())))).toEqual(['user_message', 'error']);
  });

  it('lose their oldest events when they grow too long, and say so', async () => {
    const { model, run } = await start('[runs]\nmax_run_kb = 16');
    model.script(says(...Array.from({ length: 400 }, (_, index) => `piece ${index} `)));
    await run({ runId: 'run_1' });
    await expect(all(runs.frames(tester, 'run_1', 0, forever()))).rejects.toMatchObject({
      status: 410,
      code: 'run.frames_gone',
    });
    const { lastSeq, status } = await runs.get(tester, 'run_1');
    expect(status).toBe('completed');
    expect(types(await all(runs.frames(tester, 'run_1', lastSeq - 1, forever())))).toEqual(['done']);
  });

  it('give way to newer ones when all together take too much, and are still listed', async () => {
    const { model, run } = await start('[runs]\nmax_total_mb = 1\nmax_run_kb = 512');
    for (let index = 0; index < 6; index++) {
      model.script(says('x'.repeat(100_000), 'y'.repeat(100_000)));
      await run({ runId: `run_${index}` });
    }
    await expect(all(runs.frames(tester, 'run_0', 0, forever()))).rejects.toMatchObject({ code: 'run.frames_gone' });
    expect(await runs.get(tester, 'run_0')).toMatchObject({ status: 'completed', lastSeq: 5 });
    expect(await all(runs.frames(tester, 'run_0', 5, forever()))).toEqual([]);
    expect(types(await all(runs.frames(tester, 'run_5', 0, forever()))).at(-1)).toBe('done');
    expect((await runs.list(tester)).map(({ id }) => id).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `run_${n}`));
  });

  it('that nobody waits for are waited for by a stop, and interrupted when they take too long', async () => {
    const { model, get } = await start('[runs]\nmax_detached = 2');
    const talks = [talker(), talker()];
    model.script(...talks.map(({ step }) => step));
    const [one, two] = [runs.launch(turn({})), runs.launch(turn({}))];
    expect(() => runs.launch(turn({}))).toThrow(expect.objectContaining({ status: 503, code: 'run.too_many' }));
    await until(() => model.requests.length === 2);
    const cut = new AbortController();
    const stopped = runs.stop(cut.signal);
    talks[0]?.end();
    expect(await one.finished).toMatchObject({ status: 'completed' });
    cut.abort();
    await stopped;
    expect(await two.finished).toMatchObject({ status: 'interrupted', error: { code: 'gateway.draining' } });
    await get(Lifecycle).drain();
    expect(() => runs.launch(turn({}))).toThrow(expect.objectContaining({ status: 503, code: 'gateway.draining' }));
  });

  it('that were promised and are cut by a stop are handed on', async () => {
    const { model, get } = await start();
    model.script(talker().step);
    const { id, finished } = await runs.promise(turn({ sessionId: 's', text: 'promised' }));
    await until(() => model.requests.length === 1);
    await runs.stop(AbortSignal.abort());
    expect(await finished).toMatchObject({ status: 'interrupted' });
    await get(RunBooks).beforeApplicationShutdown();
    const taken = await get(RunRepository).takeOver(Date.now(), { instance: 'another', until: Date.now() + 60_000 });
    expect(taken).toMatchObject([{ id, request: expect.stringContaining('promised'), tries: 2 }]);
  });

  it('are kept once in their session, however often the turn is run', async () => {
    const { model, run } = await start();
    const sessions = current.get(SessionsService);
    const key = { owner: 'tester', id: 's' };
    model.script(says('first'), says('second'));
    expect(await sessions.answerOf(key, 'message-7')).toBeUndefined();
    await run({ sessionId: 's', turnKey: 'message-7' });
    await run({ sessionId: 's', turnKey: 'message-7' });
    expect(await sessions.answerOf(key, 'message-7')).toBe('first');
    expect(await sessions.history(key)).toHaveLength(2);
  });

  it('of a deleted session are cancelled, and nothing of it is left', async () => {
    const { model, run } = await start();
    const sessions = current.get(SessionsService);
    model.script(says('one'), talker().step);
    await run({ sessionId: 's' });
    const second = run({ sessionId: 's' });
    await until(() => model.requests.length === 2);
    expect(await sessions.delete({ owner: 'tester', id: 's' })).toBe(true);
    expect((await second).at(-1)).toMatchObject({ type: 'error', error: { code: 'turn.cancelled' } });
    expect(await sessions.history({ owner: 'tester', id: 's' })).toEqual([]);
    expect(await sessions.list('tester', 10)).toEqual([]);
    expect(await sessions.delete({ owner: 'tester', id: 's' })).toBe(false);
  });
});
