import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';

const LOCAL = 'default_provider = "echo"\n';

describe('/webhook', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await startGateway({ toml: LOCAL });
  });
  afterAll(() => gateway.stop());

  it('answers with the response and the model', async () => {
    const response = await gateway.fetch('/webhook', { json: { message: '  hello ', unknown: 1, session_id: null } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ response: expect.stringMatching(/echo.* hello$/), model: 'echo/echo' });
  });

  it('streams deltas and exactly one terminator', async () => {
    const response = await gateway.fetch('/webhook', { json: { message: 'one two three', stream: true } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const frames = (await response.text()).split('\n\n').filter(Boolean);
    expect(frames.at(-1)).toBe('data: [DONE]');
    const deltas = frames
      .slice(0, -1)
      .map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Record<string, unknown>);
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.every(({ model }) => model === 'echo/echo')).toBe(true);
    expect(deltas.map(({ delta }) => delta).join('')).toMatch(/one two three$/);
  });

  it('calls no tools', async () => {
    const response = await gateway.fetch('/webhook', { json: { message: '/tool calculate {"expression":"6*7"}' } });
    expect(((await response.json()) as { response: string }).response).not.toContain('42');
  });

  it('explains itself to GET', async () => {
    const response = await fetch(`${gateway.url}/webhook`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toEqual({
      error: 'Use POST /webhook with a JSON body: {"message":"..."}',
      code: 'request.method_not_allowed',
      method: 'POST',
      path: '/webhook',
      example: { message: 'Hello from webhook' },
    });
  });
});

describe('/api/chat', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await startGateway({ toml: LOCAL });
  });
  afterAll(() => gateway.stop());

  it('runs the agent with its tools and gives the session id back as it was sent', async () => {
    const json = { message: '/tool calculate {"expression":"6*7"}', session_id: ' trip ' };
    const response = await gateway.fetch('/api/chat', { json });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      reply: expect.stringContaining('42'),
      model: 'echo/echo',
      session_id: ' trip ',
    });
  });

  it('gives null for no session', async () => {
    expect(await (await gateway.fetch('/api/chat', { json: { message: 'x' } })).json()).toMatchObject({
      session_id: null,
    });
  });

  it('puts the last ten lines of context before the message', async () => {
    const context = Array.from({ length: 12 }, (_, n) => `line ${n}`);
    const response = await gateway.fetch('/api/chat', { json: { message: 'now', context } });
    const { reply } = (await response.json()) as { reply: string };
    const lines = Array.from({ length: 10 }, (_, n) => `line ${n + 2}`).join('\n');
    expect(reply).toContain(`Recent conversation context:\n${lines}\n\nCurrent message:\nnow`);
    expect(reply).not.toContain('line 1\n');
  });

  it.each([
    ['the body', { stream: true }, {}],
    ['the Accept header', {}, { Accept: 'text/event-stream' }],
  ])('streams every event of the turn when %s asks for it', async (_, fields, headers) => {
    const json = { message: '/tool calculate {"expression":"6*7"}', session_id: 'ev', ...fields };
    const response = await gateway.fetch('/api/chat', { json, headers });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const frames = (await response.text())
      .split('\n\n')
      .filter(Boolean)
      .map((frame) => /^event: (\w+)\ndata: (.*)$/.exec(frame)?.slice(1) ?? [frame]);
    const events = frames.map(([name, data]) => [name, JSON.parse(data ?? '') as unknown] as const);
    expect([...new Set(events.map(([name]) => name))]).toEqual(['usage', 'tool_call', 'tool_result', 'text', 'done']);
    expect(events.find(([name]) => name === 'tool_result')?.[1]).toEqual({
      id: expect.any(String),
      name: 'calculate',
      success: true,
      output: '42',
    });
    expect(events.filter(([name]) => name === 'done')).toEqual([
      [
        'done',
        {
          reply: expect.stringContaining('42'),
          model: 'echo/echo',
          session_id: 'ev',
          finish_reason: 'stop',
          usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
        },
      ],
    ]);
  });
});

describe('a turn that a limit ends', () => {
  it('answers with what it has, says why, and is counted', async () => {
    const gateway = await startGateway({ toml: `${LOCAL}[agent]\nmax_tool_iterations = 1\n` });
    try {
      const message = '/tool calculate {"expression":"6*7"}';
      const answer = await gateway.fetch('/api/chat', { json: { message } });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        reply: expect.stringMatching(/^I stopped here: .*all of its 1 model calls/),
        stopped: 'max_tool_iterations',
      });
      const stream = await gateway.fetch('/api/chat', { json: { message, stream: true } });
      expect(await stream.text()).toMatch(
        /event: done\ndata: .*"finish_reason":"length".*"stopped":"max_tool_iterations"/,
      );
      const completion = await gateway.fetch('/v1/chat/completions', {
        json: { messages: [{ role: 'user', content: message }] },
      });
      expect(await completion.json()).toMatchObject({
        choices: [{ message: { content: expect.stringMatching(/^I stopped here/) }, finish_reason: 'length' }],
      });
      const metrics = await (await gateway.fetch('/metrics')).text();
      expect(metrics).toContain('zeroclaw_agent_stops_total{reason="max_tool_iterations"} 3');
    } finally {
      await gateway.stop();
    }
  });
});

describe('turns in the metrics', () => {
  it('are counted by door and outcome, tools by name', async () => {
    const gateway = await startGateway({ toml: LOCAL });
    try {
      await gateway.fetch('/webhook', { json: { message: 'x' } });
      await gateway.fetch('/api/chat', { json: { message: '/tool current_time {}' } });
      await gateway.fetch('/api/chat', { json: { message: 'x', session_id: 'not ok' } });
      const metrics = await (await gateway.fetch('/metrics')).text();
      expect(metrics).toContain('zeroclaw_agent_turns_total{door="webhook",outcome="ok"} 1');
      expect(metrics).toContain('zeroclaw_agent_turns_total{door="api_chat",outcome="ok"} 1');
      expect(metrics).toContain('zeroclaw_agent_turns_total{door="api_chat",outcome="error"} 1');
      expect(metrics).toContain('zeroclaw_tool_calls_total{tool="current_time",success="true"} 1');
      expect(metrics).toContain('zeroclaw_agent_duration_seconds_count{door="webhook"} 1');
      expect(metrics).toContain('zeroclaw_active_turns 0');
    } finally {
      await gateway.stop();
    }
  });
});
