import type { ChatRequest } from '../../../src/providers/provider';
import type { AgentUnderTest } from '../../support/agent';
import { calls, says, startAgent } from '../../support/agent';

/** What a model call was told, without our own instruction: `role: text`. */
const told = (request: ChatRequest | undefined) =>
  request?.messages.filter(({ role }) => role !== 'system').map(({ role, content }) => `${role}: ${String(content)}`);

describe('sessions', () => {
  let current: AgentUnderTest;
  const start = async (toml?: string) => {
    current = await startAgent(toml === undefined ? {} : { toml });
    return current;
  };
  afterEach(() => current.stop());

  it('tell the model what was said before', async () => {
    const { model, run } = await start();
    model.script(says('Hello Ada.'), says('You are Ada.'));
    await run({ text: 'I am Ada.', sessionId: 's' });
    await run({ text: 'Who am I?', sessionId: 's' });
    expect(told(model.requests[1])).toEqual(['user: I am Ada.', 'assistant: Hello Ada.', 'user: Who am I?']);
  });

  it('keep tool calls together with their results', async () => {
    const { model, run } = await start();
    model.script(calls(['calculate', { expression: '6*7' }]), says('42'), says('As I said, 42.'));
    await run({ text: 'Six times seven?', sessionId: 's' });
    await run({ text: 'Again?', sessionId: 's' });
    expect(model.requests[2]?.messages.slice(1)).toEqual([
      { role: 'user', content: 'Six times seven?' },
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ id: 'call_calculate_0', name: 'calculate', arguments: '{"expression":"6*7"}' }],
      },
      { role: 'tool', toolCallId: 'call_calculate_0', content: '42' },
      { role: 'assistant', content: '42' },
      { role: 'user', content: 'Again?' },
    ]);
  });

  it('are private to their owner, and nothing is kept without one', async () => {
    const { model, run } = await start();
    model.script(says('a'), says('b'), says('c'));
    await run({ text: 'mine', sessionId: 's', owner: 'anna' });
    await run({ text: 'hers?', sessionId: 's', owner: 'bob' });
    await run({ text: 'nobody', owner: 'anna' });
    expect(told(model.requests[1])).toEqual(['user: hers?']);
    expect(told(model.requests[2])).toEqual(['user: nobody']);
  });

  it('are cut at a question, never within a turn', async () => {
    const { model, run } = await start('[agent]\nmax_history_messages = 5');
    model.script(says('one'), calls(['calculate', { expression: '1+1' }]), says('two'), says('three'));
    await run({ text: 'first', sessionId: 's' });
    await run({ text: 'second', sessionId: 's' });
    await run({ text: 'third', sessionId: 's' });
    expect(told(model.requests[3])).toEqual([
      'user: second',
      'assistant: null',
      'tool: 2',
      'assistant: two',
      'user: third',
    ]);
    expect(await current.sessions.latest({ owner: 'tester', id: 's' }, 100)).toHaveLength(5);
  });

  it('make room when the window of the model is too small, the oldest turn first', async () => {
    const { model, run } = await start('[agent]\ncontext_window_tokens = 40000');
    model.script(says('x'.repeat(120_000)), says('short'), says('end'));
    await run({ text: 'long', sessionId: 's' });
    await run({ text: 'brief', sessionId: 's' });
    await run({ text: 'last', sessionId: 's' });
    expect(told(model.requests[2])).toEqual(['user: brief', 'assistant: short', 'user: last']);
  });

  it('remember a turn with more tool traffic than fits as question and answer', async () => {
    const { model, run } = await start('[agent]\nmax_history_messages = 4');
    model.script(
      calls(['calculate', { expression: '1' }]),
      calls(['calculate', { expression: '2' }]),
      says('done'),
      says('yes'),
    );
    await run({ text: 'count', sessionId: 's' });
    await run({ text: 'ready?', sessionId: 's' });
    expect(told(model.requests[3])).toEqual(['user: count', 'assistant: done', 'user: ready?']);
  });

  it('leave out calls that the client never answered', async () => {
    const { model, run } = await start();
    model.script(calls(['book', {}]), says('Welcome back.'));
    await run({ text: 'book it', sessionId: 's', clientTools: [{ name: 'book' }] });
    await run({ text: 'never mind', sessionId: 's' });
    expect(told(model.requests[1])).toEqual(['user: book it', 'user: never mind']);
  });

  it('take the results of a client that did answer', async () => {
    const { model, run } = await start();
    model.script(calls(['book', {}]), says('Booked.'));
    await run({ text: 'book it', sessionId: 's', clientTools: [{ name: 'book' }] });
    await run({
      sessionId: 's',
      clientTools: [{ name: 'book' }],
      messages: [{ role: 'tool', toolCallId: 'call_book_0', content: 'ok' }],
    });
    expect(told(model.requests[1])).toEqual(['user: book it', 'assistant: null', 'tool: ok']);
  });

  it('refuse an id that is none before anything is asked', async () => {
    const { model, run } = await start();
    for (const sessionId of ['', 'a b', 'x'.repeat(257), 'ä', '../x\n']) {
      expect(await run({ sessionId })).toEqual([
        { type: 'error', error: expect.objectContaining({ code: 'session.invalid_id', status: 400 }) },
      ]);
    }
    expect(model.requests).toEqual([]);
  });

  it('end a turn that cannot be kept with an error, and go on with the next', async () => {
    const { model, run, sessions } = await start();
    model.script(says('lost'), says('kept'));
    jest.spyOn(sessions, 'append').mockRejectedValueOnce(new Error('the disk is full'));
    const failed = await run({ text: 'one', sessionId: 's' });
    expect(failed.filter(({ type }) => type === 'done')).toEqual([]);
    expect(failed.at(-1)).toMatchObject({ type: 'error', error: { code: 'internal', status: 500 } });
    expect(JSON.stringify(failed)).not.toContain('disk');
    expect((await run({ text: 'two', sessionId: 's' })).at(-1)).toMatchObject({ type: 'done', text: 'kept' });
    expect(told(model.requests[1])).toEqual(['user: two']);
  });

  describe('with several turns at once', () => {
    it('run them one at a time, in the order they came', async () => {
      const { model, run, agent } = await start();
      const gate = Promise.withResolvers<void>();
      model.script(
        async function* () {
          await gate.promise;
          yield* says('one');
        },
        says('two'),
        says('three'),
      );
      const turns = ['first', 'second', 'third'].map((text) => run({ text, sessionId: 's' }));
      const elsewhere = await run({ text: 'x', sessionId: 'other' }).catch(() => undefined);
      expect(elsewhere?.at(-1)?.type).toBe('done');
      expect(agent.running).toBe(3);
      gate.resolve();
      await Promise.all(turns);
      expect(
        model.requests
          .at(-1)
          ?.messages.map(({ content }) => content)
          .slice(1),
      ).toHaveLength(5);
    });

    it('let a client that leaves out of the queue', async () => {
      const { model, run, announced } = await start();
      const gate = Promise.withResolvers<void>();
      model.script(async function* () {
        await gate.promise;
        yield* says('one');
      }, says('three'));
      const client = new AbortController();
      const first = run({ text: 'first', sessionId: 's' });
      const second = run({ text: 'second', sessionId: 's' }, client.signal);
      const third = run({ text: 'third', sessionId: 's' });
      client.abort();
      expect((await second).at(-1)).toMatchObject({ type: 'error', error: { code: 'turn.cancelled' } });
      expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'cancelled' })]);
      gate.resolve();
      await first;
      await third;
      expect(told(model.requests[1])).toEqual(['user: first', 'assistant: one', 'user: third']);
    });

    it('turn away more than eight waiting ones', async () => {
      const { model, run } = await start();
      const gate = Promise.withResolvers<void>();
      model.script(
        async function* () {
          await gate.promise;
          yield* says('0');
        },
        ...Array.from({ length: 8 }, (_, n) => says(String(n))),
      );
      const waiting = Array.from({ length: 9 }, () => run({ sessionId: 's' }));
      const refused = await run({ sessionId: 's' });
      expect(refused).toEqual([
        { type: 'error', error: expect.objectContaining({ code: 'session.busy', status: 429 }) },
      ]);
      gate.resolve();
      for (const events of await Promise.all(waiting)) expect(events.at(-1)?.type).toBe('done');
    });

    it('go on after a turn that failed', async () => {
      const { model, run } = await start();
      model.script(async function* () {
        yield* [];
        throw new Error('broken');
      }, says('fine'));
      const [failed, fine] = await Promise.all([
        run({ text: 'a', sessionId: 's' }),
        run({ text: 'b', sessionId: 's' }),
      ]);
      expect(failed?.at(-1)).toMatchObject({ type: 'error', error: { code: 'internal' } });
      expect(fine?.at(-1)).toMatchObject({ type: 'done', text: 'fine' });
      expect(told(model.requests[1])).toEqual(['user: b']);
    });
  });
});
