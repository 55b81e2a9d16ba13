import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ChatSocket } from '../../support/chat-socket';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import type { ChatUpstream } from '../../support/chat-upstream';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { pairWith } from '../../support/pairing-client';
import { chunk, sse } from '../../support/upstream';
import { until } from '../../support/until';

const say = (content: string) => ({ type: 'message', content });

describe('a conversation over /ws/chat', () => {
  let upstream: ChatUpstream;
  let gateway: GatewayUnderTest;
  let token: string;
  /** Answers that wait for the test, by question. */
  const held = new Map<string, ServerResponse>();
  beforeAll(async () => {
    upstream = await startChatUpstream((question) => {
      if (question.startsWith('hold')) return (stream) => void held.set(question, stream);
      return [`You said: `, question];
    });
    gateway = await startGateway({ toml: upstream.toml });
    token = await gateway.pair();
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const open = (session: string, given = token) => ChatSocket.open(gateway.url, { token: given, session });
  const release = async (question: string, ...texts: string[]) => {
    await until(() => held.has(question));
    held.get(question)?.end(pieces(...texts) + end());
    held.delete(question);
  };

  it('streams a turn, each frame with its place, and remembers it', async () => {
    const chat = await open('streamed');
    chat.send(say('hold one'));
    await until(() => held.has('hold one'));
    held.get('hold one')?.write(pieces('Hello there. '));
    const first = await chat.next(({ type }) => type === 'chunk');
    expect(first).toMatchObject({ content: expect.stringMatching(/^Hello/), seq: 2 });
    expect(chat.frames.some(({ type }) => type === 'done')).toBe(false);
    await release('hold one', 'How', ' are you?');
    const done = await chat.ended();
    expect(chat.frames[0]).toEqual({ type: 'history', session_id: 'streamed', messages: [] });
    const { run_id: runId } = first;
    const frames = chat.ofRuns();
    expect(frames.every((frame) => frame.run_id === runId)).toBe(true);
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
    expect(frames[0]).toEqual({ type: 'user_message', run_id: runId, seq: 1, content: 'hold one' });
    expect(frames.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual([
      'user_message',
      'chunk',
      'done',
    ]);
    expect(done).toMatchObject({ type: 'done', full_response: 'Hello there. How are you?' });
    expect(chat.text()).toBe('Hello there. How are you?');

    const again = await open('streamed');
    expect(await again.history()).toEqual({
      type: 'history',
      session_id: 'streamed',
      messages: [
        { role: 'user', content: 'hold one' },
        { role: 'assistant', content: 'Hello there. How are you?' },
      ],
    });
    again.send(say('and now?'));
    await again.ended();
    expect(upstream.requests.at(-1)?.body).toContain('Hello there. How are you?');
    await Promise.all([chat.close(), again.close()]);
  });

  it('sends what comes in one tick in one packet, each chunk in a frame of its own', async () => {
    const chat = await open('packets');
    await chat.history();
    let packets = 0;
    (chat.socket as unknown as { _socket: Socket })._socket.on('data', () => packets++);
    chat.send(say('hold the words'));
    await release('hold the words', ...Array.from({ length: 200 }, (_, i) => `word${i} `));
    await chat.ended();
    const chunks = chat.ofRuns().filter(({ type }) => type === 'chunk');
    expect(chunks.length).toBeGreaterThan(100);
    expect(packets).toBeLessThan(chunks.length / 4);
    await chat.close();
  });

  it('shows tools at work', async () => {
    const before = upstream.answer;
    const call = { index: 0, id: 'call_1', function: { name: 'calculate', arguments: '{"expression":"6*7"}' } };
    let asked = 0;
    upstream.answer = () =>
      asked++ === 0
        ? (stream) => void stream.end(sse(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]'))
        : ['It is 42'];
    const chat = await open('tools');
    chat.send(say('6 times 7?'));
    await chat.ended();
    upstream.answer = before;
    expect(chat.ofRuns().filter(({ type }) => type.startsWith('tool'))).toEqual([
      expect.objectContaining({
        type: 'tool_call',
        name: 'calculate',
        args: { expression: '6*7' },
        id: expect.any(String),
      }),
      expect.objectContaining({
        type: 'tool_result',
        name: 'calculate',
        success: true,
        output: expect.stringContaining('42'),
      }),
    ]);
    await chat.close();
  });

  it('shows every socket of a session the same turns, whatever door they came through', async () => {
    const [one, two, stranger] = [await open('shared'), await open('shared'), await open('other')];
    one.send(say('from the first'));
    await Promise.all([one.ended(1), two.ended(1)]);
    two.send(say('from the second'));
    await Promise.all([one.ended(2), two.ended(2)]);
    await gateway.fetch('/api/chat', { token, json: { message: 'by HTTP', session_id: 'shared' } });
    await Promise.all([one.ended(3), two.ended(3)]);
    expect(one.ofRuns()).toEqual(two.ofRuns());
    const asked = one.ofRuns().filter(({ type }) => type === 'user_message');
    expect(asked.map(({ content }) => content)).toEqual(['from the first', 'from the second', 'by HTTP']);
    expect(stranger.ofRuns()).toEqual([]);
    await Promise.all([one, two, stranger].map((chat) => chat.close()));
  });

  it('keeps the session of one token from the bearer of another', async () => {
    const other = await gateway.pair();
    const mine = await open('private');
    const theirs = await open('private', other);
    mine.send(say('my secret'));
    const { run_id: runId } = await mine.ended();
    expect(theirs.ofRuns()).toEqual([]);
    const chatOnly = await pairWith(gateway, { scopes: ['chat'] });
    const curious = await open('private', chatOnly);
    expect(await curious.history()).toMatchObject({ messages: [] });
    curious.send({ type: 'resume', run_id: runId, seq: 0 });
    expect(await curious.next(({ type }) => type === 'error')).toMatchObject({ code: 'run.unknown', run_id: runId });
    curious.send({ type: 'cancel', run_id: runId });
    await until(() => curious.frames.filter(({ code }) => code === 'run.unknown').length === 2);
    await Promise.all([mine, theirs, curious].map((chat) => chat.close()));
  });

  it('cancels the run that is named, or the running one, and says so', async () => {
    const chat = await open('cancelled');
    chat.send(say('hold and cancel'));
    await until(() => held.has('hold and cancel'));
    chat.send(say('queued'));
    await until(() => chat.ofRuns().filter(({ type }) => type === 'user_message').length === 2);
    const [first, second] = chat.ofRuns().filter(({ type }) => type === 'user_message');
    chat.send({ type: 'cancel' });
    expect(await chat.ended(1)).toMatchObject({ type: 'error', code: 'turn.cancelled', run_id: first?.run_id });
    expect(await chat.ended(2)).toMatchObject({ type: 'done', run_id: second?.run_id });
    chat.send({ type: 'cancel' });
    expect(await chat.next(({ code }) => code === 'run.none')).toMatchObject({ type: 'error' });
    chat.send({ type: 'cancel', run_id: first?.run_id });
    expect(await chat.next(({ code }) => code === 'run.finished')).toMatchObject({ type: 'error' });
    await chat.close();
  });

  it('handles frames in the order in which they came', async () => {
    const chat = await open('ordered');
    for (let i = 0; i < 5; i++) {
      chat.send(say(`hold ${i}`));
      chat.send({ type: 'cancel' });
      expect(await chat.ended(i + 1)).toMatchObject({ type: 'error', code: 'turn.cancelled' });
    }
    expect(chat.frames.filter(({ code }) => code === 'run.none')).toEqual([]);
    await chat.close();
  });

  it('queues messages of a session up to a limit', async () => {
    const chat = await open('busy');
    chat.send(say('hold the line'));
    await until(() => held.has('hold the line'));
    for (let i = 0; i < 9; i++) chat.send(say(`number ${i}`));
    expect(await chat.ended(1)).toMatchObject({ type: 'error', code: 'session.busy', retry_after: expect.any(Number) });
    await release('hold the line', 'done');
    await chat.ended(10);
    const answers = chat.frames.filter(({ type }) => type === 'done').map((frame) => frame['full_response']);
    expect(answers).toEqual(['done', ...Array.from({ length: 8 }, (_, i) => `You said: number ${i}`)]);
    await chat.close();
  });

  it('tells a turn that fails with a stable code, and goes on', async () => {
    const before = upstream.answer;
    upstream.answer = () => (stream) => void stream.destroy();
    const chat = await open('failing');
    chat.send(say('boom'));
    expect(await chat.ended()).toMatchObject({ type: 'error', code: expect.stringMatching(/^provider\./), seq: 2 });
    upstream.answer = before;
    chat.send(say('better'));
    expect(await chat.ended(2)).toMatchObject({ type: 'done', full_response: 'You said: better' });
    await chat.close();
  });
});

describe('a call that waits for a person', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await startGateway({ toml: 'default_provider = "echo"\n[autonomy]\nnon_cli_excluded_tools = []\n' });
  });
  afterAll(() => gateway.stop());

  it.each([
    ['approve', true],
    ['deny', false],
  ])('is decided inline: %s', async (type, made) => {
    const token = await gateway.pair();
    const chat = await ChatSocket.open(gateway.url, { token, session: type });
    chat.send(say(`/tool file_write ${JSON.stringify({ path: `${type}.txt`, content: 'x' })}`));
    const { id, tool } = await chat.next((frame) => frame.type === 'approval');
    expect(tool).toBe('file_write');
    chat.send({ type, id, note: 'by hand' });
    await chat.ended();
    expect(chat.frames.find((frame) => frame.type === 'tool_result')).toMatchObject({ success: made });
    const written = await access(join(gateway.dir, 'workspace', `${type}.txt`)).then(
      () => true,
      () => false,
    );
    expect(written).toBe(made);
    chat.send({ type, id });
    expect(await chat.next(({ code }) => code === 'approvals.decided')).toMatchObject({ type: 'error' });
    await chat.close();
  });

  it('is not decided by a token that only chats', async () => {
    const token = await pairWith(gateway, { scopes: ['chat'] });
    const chat = await ChatSocket.open(gateway.url, { token });
    chat.send(say(`/tool file_write ${JSON.stringify({ path: 'never.txt', content: 'x' })}`));
    const { id } = await chat.next(({ type }) => type === 'approval');
    chat.send({ type: 'approve', id });
    expect(await chat.next(({ type }) => type === 'error')).toMatchObject({ code: 'auth.scope_missing' });
    chat.send({ type: 'cancel' });
    expect(await chat.ended()).toMatchObject({ code: 'turn.cancelled' });
    await chat.close();
  });
});
