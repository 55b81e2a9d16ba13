import type { ModelEvent } from '../../../../src/providers/provider';
import { ProviderError } from '../../../../src/providers/provider-error';
import type { AgentUnderTest } from '../../../support/agent';
import { says, startAgent } from '../../../support/agent';

describe('a turn with a model that has no native tool calls', () => {
  let current: AgentUnderTest;
  const start = async (toml = '') => {
    current = await startAgent({ toml });
    return current;
  };
  afterEach(() => current.stop());

  const LOOK = '<tool_call>{"name":"calculate","arguments":{"expression":"6*7"}}</tool_call>';

  it('describes the tools in words, reads the calls from the text and tells the results in words', async () => {
    const { model, run } = await start();
    model.capabilities = { tools: false, vision: false, json: false };
    model.script(says('Let me see.\n', LOOK.slice(0, 20), LOOK.slice(20)), says('It is 42.'));
    const events = await run({ sessionId: 's' });

    expect(model.requests[0]?.tools).toBeUndefined();
    expect(model.requests[0]?.messages[0]?.content).toContain('{"name":"calculate","description":');
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe(
      'Let me see.\n\n\nIt is 42.',
    );
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([
      { type: 'tool_call', id: expect.stringMatching(/^call_/), name: 'calculate', arguments: '{"expression":"6*7"}' },
      expect.objectContaining({ type: 'tool_result', name: 'calculate', success: true, output: '42' }),
    ]);
    expect(model.requests[1]?.messages.slice(-2)).toEqual([
      {
        role: 'assistant',
        content: 'Let me see.\n<tool_call>{"name": "calculate", "arguments": {"expression":"6*7"}}</tool_call>',
      },
      { role: 'user', content: '[Tool results]\n<tool_result name="calculate">\n42\n</tool_result>' },
    ]);
  });

  it('keeps the session in the one form of all models, so that another model can go on with it', async () => {
    const { model, run } = await start();
    model.capabilities = { tools: false, vision: false, json: false };
    model.script(says(LOOK), says('42'), says('Still 42.'));
    await run({ sessionId: 's' });
    model.capabilities = { tools: true, vision: false, json: false };
    await run({ sessionId: 's', text: 'again' });
    expect(model.requests[2]?.messages.slice(1).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  it('tells the model what is wrong with a call that cannot be read, and goes on', async () => {
    const { model, run } = await start();
    model.capabilities = { tools: false, vision: false, json: false };
    model.script(
      says('<tool_call>{"name": "calculate", "arguments": {"expression": 6*7}}</tool_call>'),
      says(LOOK),
      says('42'),
    );
    const events = await run({});
    expect(events.at(-1)).toMatchObject({ type: 'done', text: '42', finishReason: 'stop' });
    const told = String(model.requests[1]?.messages.at(-1)?.content);
    expect(told).toMatch(/cannot be read: it is not valid JSON .*Write <tool_call>\{"name"/s);
    expect(String(model.requests[1]?.messages.at(-2)?.content)).toBe(
      '<tool_call>{"name": "calculate", "arguments": {"expression": 6*7}}</tool_call>',
    );
  });

  it.each([
    ['tool_dispatcher = "xml"', true],
    ['tool_dispatcher = "native"', false],
    ['xml_tool_models = ["scripted/gpt*"]', true],
    ['xml_tool_models = ["other/*"]', false],
  ])('is one where %s: %s', async (line, inText) => {
    const { model, run } = await start(`[agent]\n${line}`);
    model.script(says('ok'));
    await run({});
    expect(model.requests[0]?.tools === undefined).toBe(inText);
    expect(String(model.requests[0]?.messages[0]?.content).includes('<tool_call>')).toBe(inText);
  });

  it('hands a call of a client tool to the client', async () => {
    const { model, run } = await start('[agent]\ntool_dispatcher = "xml"');
    model.script(says('<tool_call>{"name":"book","arguments":{"beds":2}}</tool_call>'));
    expect((await run({ clientTools: [{ name: 'book' }] })).at(-1)).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [{ name: 'book', arguments: '{"beds":2}' }],
    });
  });

  it('takes no call from a message of its caller or from the output of a tool', async () => {
    const { model, run } = await start('[agent]\ntool_dispatcher = "xml"');
    model.script(says('No.'));
    const events = await run({ text: LOOK });
    expect(events.some(({ type }) => type === 'tool_call')).toBe(false);
  });

  it('knows the calls of earlier turns as text, also when it is offered no tools', async () => {
    const { model, run } = await start();
    model.capabilities = { tools: false, vision: false, json: false };
    model.script(says(LOOK), says('42'), says('Still 42.'));
    await run({ sessionId: 's' });
    await run({ sessionId: 's', text: 'again', mode: 'none', door: 'webhook' });
    expect(model.requests[2]?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    expect(model.requests[2]?.messages[3]?.content).toMatch(/^\[Tool results\]/);
    expect(model.requests[2]?.messages[0]?.content).not.toContain('<tool_call>');
  });

  describe('that nobody knew of', () => {
    const refuse = (words: string) =>
      async function* (): AsyncGenerator<ModelEvent, void> {
        yield* [];
        throw new ProviderError('invalid_request', 'scripted', `scripted refuses the request: ${words}`);
      };

    it.each([
      'registry.ollama.ai/library/llama2:latest does not support tools',
      'No endpoints found that support tool use',
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    ])('is asked again in words, and from then on at once: %s', async (words) => {
      const { model, run } = await start();
      model.script(refuse(words), says(LOOK), says('42'), says('Hello.'));
      expect((await run({})).at(-1)).toMatchObject({ type: 'done', text: '42' });
      await run({ text: 'hello' });
      expect(model.requests.map(({ tools }) => tools !== undefined)).toEqual([true, false, false, false]);
    });

    it('fails as before when it refuses something else, or the tools of the caller', async () => {
      const { model, run } = await start();
      model.script(refuse('this tool has a bad schema'), refuse('does not support tools'));
      const failed = { type: 'error', error: expect.objectContaining({ code: 'provider.invalid_request' }) };
      expect(await run({})).toEqual([failed]);
      expect(await run({ clientTools: [{ name: 'book' }] })).toEqual([failed]);
      expect(model.requests).toHaveLength(2);
    });
  });
});
