import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ChatMessage, ModelEvent } from '../../../src/providers/provider';
import { ProviderError } from '../../../src/providers/provider-error';
import { RegisterTool } from '../../../src/tools/register-tool';
import type { Tool, ToolContext, ToolResult } from '../../../src/tools/tool';
import type { AgentUnderTest } from '../../support/agent';
import { calls, says, startAgent } from '../../support/agent';
import { until } from '../../support/until';

/** Does what its argument says, and counts. */
@RegisterTool()
@Injectable()
class ProbeTool implements Tool {
  static runs: string[] = [];
  static aborted = 0;
  readonly name = 'probe';
  readonly description = 'A tool of the tests.';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      do: { enum: ['answer', 'throw', 'fail', 'hang'] },
      n: { type: 'integer' },
      wait: { type: 'integer' },
    },
    required: ['do'],
  };

  async execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    ProbeTool.runs.push(`start ${args['n'] ?? ''}`);
    if (args['do'] === 'throw') throw new Error('out of paper');
    if (args['do'] === 'fail') return { success: false, output: 'no such thing' };
    if (args['do'] === 'hang') {
      signal.addEventListener('abort', () => ProbeTool.aborted++);
      return new Promise(() => undefined);
    }
    await delay(Number(args['wait'] ?? 0));
    ProbeTool.runs.push(`end ${args['n'] ?? ''}`);
    return { success: true, output: `result ${args['n'] ?? ''}` };
  }
}

/** A model that says this and then nothing more. */
const hanging = (text?: string) =>
  async function* (_: unknown, signal: AbortSignal): AsyncGenerator<ModelEvent, void> {
    if (text !== undefined) yield { type: 'text', text };
    await once(signal, 'abort');
    throw signal.reason;
  };

describe('a turn of the agent', () => {
  let current: AgentUnderTest;
  const start = async (toml?: string) => {
    current = await startAgent({ tools: [ProbeTool], ...(toml === undefined ? {} : { toml }) });
    return current;
  };
  beforeEach(() => {
    ProbeTool.runs = [];
    ProbeTool.aborted = 0;
  });
  afterEach(() => current.stop());

  const toolMessages = (messages: ChatMessage[]) => messages.filter(({ role }) => role === 'tool');

  it('passes text on as it comes and ends with one done that sums up', async () => {
    const { model, run } = await start();
    model.script(says('Hello ', 'world', '!'));
    const events = await run({ text: 'greet' });
    const texts = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).toBe('Hello world!');
    expect(events.at(-1)).toEqual({
      type: 'done',
      text: 'Hello world!',
      model: expect.stringMatching(/^scripted\//),
      usage: { inputTokens: 10, outputTokens: 3 },
      finishReason: 'stop',
    });
  });

  it('says it in one piece when the door answers in one piece', async () => {
    const { model, run } = await start();
    model.script(says('Hello ', 'world', `, token: ${'k9'.repeat(6)}`, 'k9'.repeat(6)));
    const events = await run({ whole: true });
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : []))).toEqual([
      'Hello world, token: [REDACTED_SECRET]',
    ]);
  });

  it('runs the tools of a round side by side and tells the model the results in the order of its calls', async () => {
    const { model, run } = await start();
    model.script(calls(['probe', { do: 'answer', n: 1, wait: 30 }], ['probe', { do: 'answer', n: 2 }]), says('done'));
    const events = await run({});
    expect(ProbeTool.runs.slice(0, 2)).toEqual(['start 1', 'start 2']);
    expect(events.filter(({ type }) => type === 'tool_result')).toEqual([
      { type: 'tool_result', id: 'call_probe_0', name: 'probe', success: true, output: 'result 1' },
      { type: 'tool_result', id: 'call_probe_1', name: 'probe', success: true, output: 'result 2' },
    ]);
    expect(model.requests[1]?.messages.slice(-3)).toEqual([
      {
        role: 'assistant',
        content: null,
        toolCalls: [expect.objectContaining({ id: 'call_probe_0' }), expect.objectContaining({ id: 'call_probe_1' })],
      },
      { role: 'tool', toolCallId: 'call_probe_0', content: 'result 1' },
      { role: 'tool', toolCallId: 'call_probe_1', content: 'result 2' },
    ]);
  });

  it('runs them one after the other when parallel_tools is off', async () => {
    const { model, run } = await start('[agent]\nparallel_tools = false');
    model.script(calls(['probe', { do: 'answer', n: 1, wait: 5 }], ['probe', { do: 'answer', n: 2 }]), says('done'));
    await run({});
    expect(ProbeTool.runs).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
  });

  it.each([
    ['a tool that is not there', ['nonsense', {}], /no tool "nonsense".*probe/],
    ['arguments that are no JSON', ['probe', '{"do": '], /not valid JSON/],
    ['arguments against the schema', ['probe', { do: 'dance' }], /the arguments are wrong: do must be/],
    ['a missing argument', ['probe', ''], /must have required property 'do'/],
    ['a tool that throws', ['probe', { do: 'throw' }], /probe failed inside: out of paper/],
    ['a tool that fails', ['probe', { do: 'fail' }], /Error: no such thing/],
  ] as const)('tells the model about %s and goes on', async (_, call, message) => {
    const { model, run, announced } = await start();
    model.script(calls([...call]), says('I see.'));
    const events = await run({});
    expect(toolMessages(model.requests[1]?.messages ?? [])[0]?.content).toMatch(message);
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool_result', success: false }));
    expect(events.at(-1)).toMatchObject({ type: 'done', text: 'I see.' });
    const tool = call[0] === 'nonsense' ? 'unknown' : 'probe';
    expect(announced('tool.called')).toEqual([expect.objectContaining({ tool, success: false, owner: 'tester' })]);
  });

  it('runs the same call only once per turn, unless it failed', async () => {
    const { model, run } = await start();
    const same: [string, unknown] = ['probe', { do: 'answer', n: 7 }];
    const failing: [string, unknown] = ['probe', { do: 'fail', n: 8 }];
    model.script(calls(same, same), calls(same), calls(failing), calls(failing), says('done'));
    const events = await run({});
    expect(ProbeTool.runs.filter((entry) => entry === 'start 7')).toHaveLength(1);
    expect(ProbeTool.runs.filter((entry) => entry === 'start 8')).toHaveLength(2);
    expect(events.filter((event) => event.type === 'tool_result' && event.output === 'result 7')).toHaveLength(3);
  });

  it('puts a tool call together from its deltas', async () => {
    const { model, run } = await start();
    const delta = (index: number, rest: object) => ({ type: 'tool_call' as const, index, arguments: '', ...rest });
    model.script(
      [
        delta(1, { id: 'b', name: 'probe', arguments: '{"do":"answer",' }),
        delta(0, { id: 'a', name: 'probe' }),
        delta(0, { arguments: '{"do":"ans' }),
        delta(1, { arguments: '"n":2}' }),
        delta(0, { arguments: 'wer","n":1}' }),
        { type: 'finish', reason: 'tool_calls' },
      ],
      says('done'),
    );
    await run({});
    expect(toolMessages(model.requests[1]?.messages ?? [])).toEqual([
      { role: 'tool', toolCallId: 'a', content: 'result 1' },
      { role: 'tool', toolCallId: 'b', content: 'result 2' },
    ]);
  });

  it('ends with what it has when the model never stops calling', async () => {
    const { model, run } = await start('[agent]\nmax_tool_iterations = 2');
    model.script(calls(['probe', { do: 'answer', n: 1 }]), calls(['probe', { do: 'answer', n: 2 }]));
    const done = (await run({})).at(-1);
    expect(done).toMatchObject({
      type: 'done',
      finishReason: 'length',
      text: expect.stringContaining('all of its 2 model calls'),
    });
    expect(ProbeTool.runs).not.toContain('start 2');
  });

  it('joins what is said before and after a tool call as paragraphs', async () => {
    const { model, run } = await start();
    model.script([...says('Let me look.').slice(0, 1), ...calls(['probe', { do: 'answer' }])], says('Found it.'));
    expect((await run({})).at(-1)).toMatchObject({ text: 'Let me look.\n\nFound it.' });
  });

  it('makes one call without tools in mode none', async () => {
    const { model, run } = await start();
    model.script(says('plain'));
    await run({ mode: 'none' });
    expect(model.requests[0]?.tools).toBeUndefined();
  });

  it('offers only the tools that the configuration allows', async () => {
    const { model, run } = await start('[agent]\nallowed_tools = ["probe", "calculate"]\ndenied_tools = ["calculate"]');
    model.script(calls(['calculate', { expression: '1' }]), says('ok'));
    await run({});
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['probe']);
    expect(toolMessages(model.requests[1]?.messages ?? [])[0]?.content).toMatch(/no tool "calculate"/);
  });

  it("hands a call of the caller's tool back and runs nothing of that round", async () => {
    const { model, run } = await start();
    model.script(calls(['probe', { do: 'answer' }], ['book_room', { beds: 2 }]));
    const done = (await run({ clientTools: [{ name: 'book_room' }] })).at(-1);
    expect(done).toMatchObject({
      type: 'done',
      finishReason: 'tool_calls',
      toolCalls: [{ id: 'call_book_room_1', name: 'book_room', arguments: '{"beds":2}' }],
    });
    expect(ProbeTool.runs).toEqual([]);
  });

  it("offers only the caller's tools when the caller demands a call", async () => {
    const { model, run } = await start();
    model.script(calls(['book_room', {}]));
    await run({ clientTools: [{ name: 'book_room' }], toolChoice: 'required' });
    expect(model.requests[0]).toMatchObject({ tools: [{ name: 'book_room' }], toolChoice: 'required' });
  });

  it("refuses the caller's tools when the model cannot call any", async () => {
    const { model, run } = await start();
    model.capabilities = { tools: false, vision: false, json: false };
    const events = await run({ clientTools: [{ name: 'book_room' }] });
    expect(events).toEqual([
      { type: 'error', error: expect.objectContaining({ code: 'agent.tools_unsupported', status: 400 }) },
    ]);
    expect(model.requests).toEqual([]);
  });

  it("ends with the provider's error, after the text that was there", async () => {
    const { model, run, announced } = await start();
    model.script(async function* () {
      yield { type: 'text', text: 'Half an ' };
      throw new ProviderError('cut', 'scripted', 'the stream broke off');
    });
    const events = await run({ sessionId: 's' });
    expect(events.map(({ type }) => type)).toEqual(['text', 'error']);
    expect(events.at(-1)).toMatchObject({ error: { code: 'provider.cut', status: 502 } });
    expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'error', door: 'api_chat' })]);
    expect(await current.sessions.latest({ owner: 'tester', id: 's' }, 10)).toEqual([]);
  });

  it('is cancelled at once when the client leaves, tools included, and keeps nothing', async () => {
    const { model, agent, announced } = await start();
    model.script(calls(['probe', { do: 'hang' }]));
    const client = new AbortController();
    const events = current.run({ sessionId: 's' }, client.signal);
    await until(() => ProbeTool.runs.length > 0);
    client.abort();
    expect((await events).at(-1)).toMatchObject({ type: 'error', error: { code: 'turn.cancelled' } });
    expect(ProbeTool.aborted).toBe(1);
    expect(agent.running).toBe(0);
    expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'cancelled' })]);
    expect(await current.sessions.latest({ owner: 'tester', id: 's' }, 10)).toEqual([]);
  });

  it('is cancelled when whoever reads its events stops reading', async () => {
    const { model, agent, announced } = await start();
    let upstream: AbortSignal | undefined;
    model.script(async function* (_, signal) {
      upstream = signal;
      for (;;) yield { type: 'text', text: 'more ' };
    });
    for await (const event of agent.run(
      { door: 'openai', owner: 'o', mode: 'agent', messages: [] },
      new AbortController().signal,
    )) {
      if (event.type === 'text') break;
    }
    expect(upstream?.aborted).toBe(true);
    expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'cancelled', door: 'openai' })]);
  });

  it.each([
    ['turn_timeout_secs = 1', 'turn_timeout', /the 1 seconds of this turn are over/],
    ['idle_timeout_secs = 1', 'idle_timeout', /nothing was heard for 1 seconds/],
  ])('ends a turn that hangs with what it has (%s)', async (toml, stopped, sentence) => {
    const { model, run, announced } = await start(`[agent]\n${toml}`);
    model.script(
      [{ type: 'text', text: 'Let me look.' }, ...calls(['probe', { do: 'answer' }], ['probe', { do: 'hang' }])],
      says('I was looking.'),
    );
    const events = await run({ sessionId: 's' });
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'length', stopped });
    expect(events.at(-1)).toMatchObject({ text: expect.stringMatching(/^Let me look\.\n\nI stopped here: /) });
    expect(events.at(-1)).toMatchObject({ text: expect.stringMatching(sentence) });
    expect(ProbeTool.aborted).toBe(1);
    expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'timeout' })]);
    // Every call has its result, so the session can go on.
    await run({ text: 'and?', sessionId: 's' });
    expect(model.requests[1]?.messages.slice(1).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
      'user',
    ]);
    expect(toolMessages(model.requests[1]?.messages ?? [])[1]?.content).toMatch(/ended before this call did/);
  });

  it.each([
    ['turn_timeout_secs = 1', 'turn.timeout'],
    ['idle_timeout_secs = 1', 'turn.idle'],
  ])('fails when the model has said nothing at all in that time (%s)', async (toml, code) => {
    const { model, run, announced } = await start(`[agent]\n${toml}`);
    model.script(hanging());
    expect(await run({})).toEqual([{ type: 'error', error: expect.objectContaining({ code, status: 504 }) }]);
    expect(announced('turn.finished')).toEqual([expect.objectContaining({ outcome: 'timeout' })]);
  });

  it('says what the model had said when time was up, credentials excepted', async () => {
    const { model, run } = await start('[agent]\nturn_timeout_secs = 1');
    model.script(hanging('One, two, token=abcdefghijklmnopqrstuvwxyz'));
    expect((await run({})).at(-1)).toMatchObject({
      type: 'done',
      stopped: 'turn_timeout',
      text: expect.stringMatching(/^One, two, token=\[REDACTED_SECRET\]\n\nI stopped here/),
    });
  });

  it('lets a model that was asked for a whole answer be silent', async () => {
    const { model, run } = await start('[agent]\nidle_timeout_secs = 1');
    model.script(async function* () {
      await delay(1_500);
      yield* says('worth the wait');
    });
    expect((await run({ whole: true })).at(-1)).toMatchObject({ type: 'done', text: 'worth the wait' });
  });

  it("keeps credentials out of calls of the caller's tools, which stay JSON", async () => {
    const { model, run } = await start();
    model.script(calls(['book_room', { note: 'say "password=hunter2-hunter2" at the door' }]));
    expect((await run({ clientTools: [{ name: 'book_room' }] })).at(-1)).toMatchObject({
      toolCalls: [{ arguments: '{"note":"say \\"password=[REDACTED_SECRET]\\" at the door"}' }],
    });
  });

  it('keeps credentials out of answers and tool results', async () => {
    const { model, run } = await start();
    const key = `zcl_live_${'0123456789abcdef'.repeat(4)}`;
    model.script(
      calls(['probe', { do: key }]),
      says(
        'The token is zcl_li',
        've_0123456789abcdef',
        '0123456789abcdef0123456789abcdef0123456789abcdef',
        ' indeed.',
      ),
    );
    const events = await run({});
    expect(JSON.stringify(events)).not.toContain('0123456789abcdef');
    expect(events.at(-1)).toMatchObject({ text: 'The token is [REDACTED_API_KEY] indeed.' });
  });
});
