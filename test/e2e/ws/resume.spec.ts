import type { ServerResponse } from 'node:http';
import { ChatSocket } from '../../support/chat-socket';
import type { ServerFrame } from '../../support/chat-socket';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import type { ChatUpstream } from '../../support/chat-upstream';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { until } from '../../support/until';

const say = (content: string) => ({ type: 'message', content });
const CUTS = 50;
const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i} `);

describe('coming back to a run over /ws/chat', () => {
  let upstream: ChatUpstream;
  let gateway: GatewayUnderTest;
  let token: string;
  let stream: ServerResponse | undefined;
  beforeAll(async () => {
    upstream = await startChatUpstream((question) =>
      question.startsWith('held') ? (opened) => void (stream = opened) : words(20),
    );
    gateway = await startGateway({ toml: upstream.toml });
    token = await gateway.pair();
  });
  beforeEach(() => (stream = undefined));
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const open = (session: string) => ChatSocket.open(gateway.url, { token, session });
  const write = async (...texts: string[]) => {
    await until(() => stream !== undefined);
    stream?.write(pieces(...texts));
  };
  const seqs = (frames: ServerFrame[]) => frames.map(({ seq }) => seq);
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it('gives the same text to a client whose connection is cut 50 times in one answer', async () => {
    let chat = await open('cut');
    chat.send(say('held together'));
    const { run_id: runId } = await chat.next(({ type }) => type === 'user_message');
    const got: ServerFrame[] = [];
    const cutAt: number[] = [];
    const spoken = words(CUTS * 12);
    let seed = 7;
    for (let cuts = 0; cuts < CUTS; cuts++) {
      await write(...spoken.slice(cuts * 12, cuts * 12 + 12));
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const enough = (seed >> 8) % 6;
      await until(() => chat.ofRuns().length >= enough);
      chat.socket.terminate();
      got.push(...chat.ofRuns());
      cutAt.push(got.length);
      chat = await open('cut');
      chat.send({ type: 'resume', run_id: runId, seq: got.at(-1)?.seq ?? 0 });
    }
    stream?.end(end());
    const done = await chat.next(({ type }) => type === 'done');
    got.push(...chat.ofRuns());
    expect(seqs(got)).toEqual(range(1, done.seq ?? 0));
    const text = got.filter(({ type }) => type === 'chunk').map(({ content }) => String(content));
    expect(text.join('')).toBe(done['full_response']);
    expect(text.join('').trim()).toBe(spoken.join('').trim());
    expect(new Set(cutAt).size).toBeGreaterThan(10);
    await chat.close();
  }, 60_000);

  it('sends exactly the frames after the one that is named, then those to come', async () => {
    const first = await open('exact');
    first.send(say('held exactly'));
    await write('one two three ', 'four ');
    const { run_id: runId } = await first.next(({ type }) => type === 'chunk');
    await write('five six ', 'seven ');
    await until(() => first.text().includes('five'));
    const last = first.ofRuns().at(-1)?.seq ?? 0;

    const second = await open('exact');
    expect(await second.history()).toMatchObject({ messages: [], running: [runId] });
    second.send({ type: 'resume', run_id: runId, seq: 2 });
    await until(() => second.ofRuns().length === last - 2);
    await write('eight ', 'nine ');
    stream?.end(end());
    const done = await second.ended();
    await first.ended();
    expect(seqs(second.ofRuns())).toEqual(range(3, done.seq ?? 0));
    expect(second.ofRuns()).toEqual(first.ofRuns().slice(2));
    await Promise.all([first.close(), second.close()]);
  });

  it('shows a client that says nothing the running turn from its beginning', async () => {
    const first = await open('silent');
    first.send(say('held silently'));
    await write('one two ');
    const second = await open('silent');
    await second.history();
    await second.next(({ type }) => type === 'user_message');
    await write('three ');
    stream?.end(end());
    await Promise.all([first.ended(), second.ended()]);
    expect(second.ofRuns()).toEqual(first.ofRuns());
    await Promise.all([first.close(), second.close()]);
  });

  it('replays a run that is over, also to the socket that has seen it, and follows one anew from where it is told', async () => {
    const chat = await open('over');
    chat.send(say('short'));
    const { run_id: runId, seq = 0 } = await chat.ended();
    const seen = chat.ofRuns();
    chat.frames.length = 0;
    chat.send({ type: 'resume', run_id: runId, seq: 3 });
    await chat.ended();
    expect(chat.ofRuns()).toEqual(seen.slice(3));
    chat.frames.length = 0;
    chat.send({ type: 'resume', run_id: runId, seq });
    chat.send({ type: 'ping' });
    await chat.next(({ type }) => type === 'pong');
    expect(chat.ofRuns()).toEqual([]);
    await chat.close();
  });

  it('lets the newest of several resumes of one run win', async () => {
    const chat = await open('twice');
    chat.send(say('held twice'));
    await write('one ', 'two ', 'three ');
    const { run_id: runId } = await chat.next(({ type }) => type === 'chunk');
    for (let i = 0; i < 5; i++) chat.send({ type: 'resume', run_id: runId, seq: 0 });
    chat.send({ type: 'ping' });
    await chat.next(({ type }) => type === 'pong');
    chat.frames.length = 0;
    chat.send({ type: 'resume', run_id: runId, seq: 1 });
    await write('four ');
    stream?.end(end());
    const done = await chat.ended();
    const tail = seqs(chat.ofRuns());
    const lastStart = tail.lastIndexOf(2);
    expect(tail.slice(lastStart)).toEqual(range(2, done.seq ?? 0));
    await chat.close();
  });

  it.each<[object, string]>([
    [{ type: 'resume', run_id: 'run_nowhere', seq: 0 }, 'run.unknown'],
    [{ type: 'resume', seq: 0 }, 'frame.invalid_field'],
    [{ type: 'resume', run_id: 'run_x', seq: -1 }, 'frame.invalid_field'],
    [{ type: 'resume', run_id: 'run_x', seq: '3' }, 'frame.invalid_field'],
  ])('answers %j with %s', async (frame, code) => {
    const chat = await open('wrong');
    chat.send(frame);
    expect(await chat.next(({ type }) => type === 'error')).toMatchObject({ code });
    await chat.close();
  });
});
