import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';

const WRITE = (path: string) => `/tool file_write ${JSON.stringify({ path, content: 'done' })}`;

interface Frame {
  event: string;
  data: Record<string, unknown>;
}

async function* frames(response: Response): AsyncGenerator<Frame, void> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event !== '') yield { event, data: JSON.parse(data) as Record<string, unknown> };
    }
  }
}

describe('a call that needs a person', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await startGateway({
      toml: 'default_provider = "echo"\n[autonomy]\nnon_cli_excluded_tools = []\n[agent]\nidle_timeout_secs = 1\n',
    });
  });
  afterAll(() => gateway.stop());

  const decide = (id: unknown, decision: string) =>
    gateway.fetch(`/api/approvals/${String(id)}`, { json: { decision } });
  const written = (path: string) =>
    access(join(gateway.dir, 'workspace', path)).then(
      () => true,
      () => false,
    );

  it.each([
    ['approve', true],
    ['deny', false],
  ])('is shown to who streams, held, and goes on when they %s', async (decision, made) => {
    const path = `${decision}.txt`;
    const response = await gateway.fetch('/api/chat', { json: { message: WRITE(path), stream: true } });
    const seen: Frame[] = [];
    for await (const frame of frames(response)) {
      seen.push(frame);
      if (frame.event !== 'approval') continue;
      expect(frame.data).toEqual({
        id: expect.any(String),
        tool: 'file_write',
        expires_at: expect.stringMatching(/Z$/),
      });
      expect(await written(path)).toBe(false);
      // Longer than a turn may be silent otherwise.
      await delay(1_500);
      expect((await decide(frame.data['id'], decision)).status).toBe(200);
    }
    expect(seen.map(({ event }) => event).filter((name) => name !== 'usage' && name !== 'text')).toEqual([
      'tool_call',
      'approval',
      'tool_result',
      'done',
    ]);
    expect(seen.find(({ event }) => event === 'tool_result')?.data).toMatchObject({ success: made });
    expect(await written(path)).toBe(made);
  });

  it('is named in the answer of a door that cannot wait, and made when it is asked for again after the decision', async () => {
    const ask = () => gateway.fetch('/api/chat', { json: { message: WRITE('later.txt'), session_id: 'desk' } });
    const first = (await (await ask()).json()) as { reply: string; approvals: { id: string; tool: string }[] };
    const [approval] = first.approvals;
    expect(approval).toEqual({ id: expect.any(String), tool: 'file_write', expires_at: expect.any(String) });
    expect(first.reply).toContain(approval?.id);
    expect(await written('later.txt')).toBe(false);
    await decide(approval?.id, 'approve');
    const second = (await (await ask()).json()) as object;
    expect(second).not.toHaveProperty('approvals');
    expect(await written('later.txt')).toBe(true);
  });

  it('is named in the text of a chat completion', async () => {
    const json = { model: 'zeroclaw', messages: [{ role: 'user', content: WRITE('openai.txt') }] };
    const { choices } = (await (await gateway.fetch('/v1/chat/completions', { json })).json()) as {
      choices: { message: { content: string } }[];
    };
    const listed = (await (await gateway.fetch('/api/approvals?status=pending')).json()) as {
      approvals: { id: string }[];
    };
    expect(choices[0]?.message.content).toContain(listed.approvals[0]?.id);
  });

  it('is withdrawn when the client leaves', async () => {
    const client = new AbortController();
    const response = await gateway.fetch('/api/chat', {
      json: { message: WRITE('gone.txt'), stream: true },
      signal: client.signal,
    });
    let id: unknown;
    for await (const frame of frames(response)) {
      if (frame.event !== 'approval') continue;
      ({ id } = frame.data);
      break;
    }
    client.abort();
    let status = 'pending';
    while (status === 'pending') {
      const found = (await (await gateway.fetch(`/api/approvals/${String(id)}`)).json()) as { status: string };
      ({ status } = found);
    }
    expect(status).toBe('expired');
    expect((await decide(id, 'approve')).status).toBe(409);
    expect(await written('gone.txt')).toBe(false);
  });
});
