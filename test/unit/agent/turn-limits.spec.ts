import { Injectable } from '@nestjs/common';
import type { ChatMessage, ModelEvent } from '../../../src/providers/provider';
import { RegisterTool } from '../../../src/tools/register-tool';
import type { Tool, ToolResult } from '../../../src/tools/tool';
import type { AgentUnderTest } from '../../support/agent';
import { calls, says, startAgent } from '../../support/agent';

/** Gives what it is asked for. */
@RegisterTool()
@Injectable()
class EchoTool implements Tool {
  readonly name = 'give';
  readonly description = 'A tool of the tests.';
  readonly risk = 'low';
  readonly parameters = { type: 'object' };

  execute(args: Record<string, unknown>): Promise<ToolResult> {
    return Promise.resolve({ success: args['fail'] !== true, output: String(args['what']) });
  }
}

const text = (content: string): ModelEvent => ({ type: 'text', text: content });
const cut = (content: string): ModelEvent[] => [
  text(content),
  { type: 'usage', usage: { inputTokens: 10, outputTokens: 5 } },
  { type: 'finish', reason: 'length' },
];

describe('the limits of a turn', () => {
  let current: AgentUnderTest;
  const start = async (toml = '') => (current = await startAgent({ tools: [EchoTool], toml }));
  afterEach(() => current.stop());
  const results = (messages: readonly ChatMessage[] = []) =>
    messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
  const same = calls(['give', { what: 'x' }]);

  it('warn a model that goes in circles, and end its turn when it does not heed that', async () => {
    const { model, run } = await start();
    model.script(same, same, same, same);
    const events = await run({ sessionId: 's' });
    expect(results(model.requests[2]?.messages)).toEqual(['x', 'x']);
    expect(results(model.requests[3]?.messages)[2]).toMatch(/^x\n\n\[Note of the gateway: the same call of give gave/);
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      finishReason: 'length',
      stopped: 'loop',
      text: 'I stopped here because I was going in circles: the same call of give gave the same result 4 times.',
    });
    const kept = await current.sessions.latest({ owner: 'tester', id: 's' }, 50);
    expect(kept.at(-1)?.message).toMatchObject({
      role: 'assistant',
      content: expect.stringMatching(/^I stopped here/),
    });
  });

  it('let a model go on that heeds the warning', async () => {
    const { model, run } = await start();
    model.script(same, same, same, says('It is x.'));
    const done = (await run({})).at(-1);
    expect(done).toMatchObject({ type: 'done', finishReason: 'stop', text: 'It is x.' });
    expect(done).not.toHaveProperty('stopped');
  });

  it.each([
    ['ping-pong', [{ what: 'a' }, { what: 'b' }, { what: 'a' }, { what: 'b' }, { what: 'a' }]],
    [
      'failures',
      [
        { fail: true, what: 1 },
        { fail: true, what: 2 },
        { fail: true, what: 3 },
        { fail: true, what: 4 },
      ],
    ],
  ])('see %s too', async (_, steps) => {
    const { model, run } = await start();
    model.script(...steps.map((args) => calls(['give', args])));
    expect((await run({})).at(-1)).toMatchObject({ type: 'done', stopped: 'loop' });
    expect(model.requests).toHaveLength(steps.length);
  });

  it('see no circles when the configuration says so', async () => {
    const { model, run } = await start('[agent]\nloop_detection_no_progress_threshold = 0');
    model.script(same, same, same, same, same, says('x'));
    expect((await run({})).at(-1)).toMatchObject({ type: 'done', text: 'x' });
  });

  it('tell the model when it may call no more, so that it can answer with what it has', async () => {
    const { model, run } = await start('[agent]\nmax_tool_iterations = 2');
    model.script(same, says('Only x.'));
    expect((await run({})).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', text: 'Only x.' });
    expect(results(model.requests[1]?.messages)[0]).toMatch(/you can call no more tools in this turn/);
  });

  it('end a turn that has used its tokens, before it calls more tools', async () => {
    const { model, run } = await start('[agent]\nmax_turn_tokens = 20');
    const costly: ModelEvent[] = [
      text('Looking.'),
      { type: 'usage', usage: { inputTokens: 15, outputTokens: 5 } },
      ...same,
    ];
    model.script(costly);
    expect((await run({})).at(-1)).toMatchObject({
      type: 'done',
      stopped: 'max_turn_tokens',
      text: 'Looking.\n\nI stopped here: this turn has used its 20 tokens.',
    });
  });

  describe('on the length of an answer', () => {
    it('are met by going on where it was cut', async () => {
      const { model, run } = await start();
      model.script(cut('One, two, thr'), cut('ee, fo'), says('ur.'), says('As said.'));
      const events = await run({ sessionId: 's' });
      expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', text: 'One, two, three, four.' });
      expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 30, outputTokens: 11 } });
      expect(model.requests[2]?.messages.slice(-2)).toEqual([
        { role: 'assistant', content: 'One, two, three, fo' },
        { role: 'user', content: expect.stringMatching(/cut off/) },
      ]);
      await run({ text: 'again', sessionId: 's' });
      expect(model.requests[3]?.messages.slice(1).map(({ content }) => content)).toEqual([
        'hi',
        'One, two, three, four.',
        'again',
      ]);
    });

    it('hide a credential also where it was cut', async () => {
      const { model, run } = await start();
      model.script(cut('It is zcl_live_0123456789abcdef'), says('0123456789abcdef0123456789abcdef, I think.'));
      expect((await run({})).at(-1)).toMatchObject({ text: 'It is [REDACTED_API_KEY], I think.' });
    });

    it('end it after three times more, and say so', async () => {
      const { model, run } = await start();
      model.script(cut('a'), cut('b'), cut('c'), cut('d'));
      expect((await run({ whole: true })).at(-1)).toMatchObject({
        finishReason: 'length',
        stopped: 'max_output',
        text: expect.stringMatching(/^abcd\n\n\[The answer is longer/),
      });
    });

    it.each([
      ['asked for that length', { options: { maxTokens: 5 } }],
      ['wants an object', { options: { responseFormat: { type: 'json_object' as const } } }],
      ['asks for one call of the model', { mode: 'none' as const }],
    ])('hold for a caller who %s', async (_, wishes) => {
      const { model, run } = await start();
      model.script(cut('half'));
      expect((await run(wishes)).at(-1)).toMatchObject({ finishReason: 'length', text: 'half' });
    });
  });
});
