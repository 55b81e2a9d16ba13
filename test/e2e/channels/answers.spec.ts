import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { payload, pigeonToml, startChannelGateway } from '../../support/channel-gateway';
import type { ChannelGateway } from '../../support/channel-gateway';
import { ConfigService } from '../../../src/platform/config/config.service';
import type { FileConfigService } from '../../../src/platform/config/file-config.service';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer } from '../../support/platform-server';
import { chunk, startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

interface Letter {
  id: string;
  status: string;
  text?: string;
  parts?: string[];
  failure?: string;
  error?: string;
  attempts: number;
  [key: string]: unknown;
}

/** A model that answers `<prefix><message>`; the test may hold its answers back, or have it fail. */
async function startModel(): Promise<RawUpstream & { reply: (message: string, response: ServerResponse) => void }> {
  const upstream = await startRawUpstream((response, _request, body) => {
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    model.reply(messages.at(-1)?.content ?? '', response);
  });
  const model = Object.assign(upstream, {
    reply: (message: string, response: ServerResponse) => say(response, `re ${message}`),
  });
  return model;
}

function say(response: ServerResponse, content: string): void {
  const { choices: _choices, ...head } = chunk({});
  const message = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      ...head,
      object: 'chat.completion',
      choices: [message],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    }),
  );
}

describe('answering', () => {
  let model: Awaited<ReturnType<typeof startModel>>;
  let loft: PlatformServer;
  let app: ChannelGateway;

  const start = async (options: Parameters<typeof pigeonToml>[1] = {}, dir?: string) => {
    const before = `${options.before ?? ''}\n[reliability]\nprovider_retries = 0\n[lifecycle]\nshutdown_grace_secs = 1\n`;
    const toml = pigeonToml(loft.url, { ...options, before }).replace(
      'default_provider = "echo"',
      `default_provider = "custom:${model.url}"\ndefault_model = "m"\napi_key = "k"`,
    );
    app = await startChannelGateway({ loft, toml, ...(dir !== undefined && { dir }) });
  };
  const letters = async (query: string): Promise<Letter[]> => {
    const response = await app.gateway.fetch(`/api/channels/pigeon/messages?${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { messages: Letter[] }).messages;
  };
  const texts = () => app.said().map(({ text }) => text);

  beforeEach(async () => {
    model = await startModel();
    loft = await startPlatform();
  });
  afterEach(async () => {
    await app.stop();
    await Promise.all([model.stop(), loft.stop()]);
  });

  it('keeps the order of a conversation, and lets others go ahead', async () => {
    await start();
    const held: (() => void)[] = [];
    model.reply = (message, response) => {
      if (message === 'slow') held.push(() => say(response, `re ${message}`));
      else say(response, `re ${message}`);
    };
    await app.deliver([
      { id: '1', text: 'slow' },
      { id: '2', text: 'second' },
      { id: '3', from: 'bob', text: 'other' },
    ]);
    await until(() => texts().length === 1 && held.length === 1);
    expect(texts()).toEqual(['re other']);
    held[0]?.();
    await until(() => texts().length === 3);
    expect(texts()).toEqual(['re other', 're slow', 're second']);
  });

  it('answers no more messages at a time than it may', async () => {
    await start({ shared: 'max_concurrent_messages = 2' });
    const held: (() => void)[] = [];
    model.reply = (message, response) => void held.push(() => say(response, message));
    await app.deliver(['a', 'b', 'c', 'd'].map((from) => ({ id: from, from })));
    await until(() => held.length === 2);
    expect((await letters('status=running')).length).toBe(2);
    expect((await letters('status=received')).length).toBe(2);
    for (let open = 0; open < 4; open++) {
      await until(() => held.length > 0);
      held.shift()?.();
    }
    await until(() => texts().length === 4);
  });

  it('acknowledges without waiting for the model', async () => {
    await start();
    model.reply = () => undefined;
    expect((await app.deliver([{ id: '1' }])).status).toBe(200);
    await until(() => model.requests.length === 1);
    expect(await letters('status=running')).toHaveLength(1);
  });

  it('tries again when the model fails for a moment', async () => {
    await start();
    let failures = 0;
    model.reply = (message, response) => {
      if (failures++ > 0) return say(response, `re ${message}`);
      response.writeHead(503).end('{"error":{"message":"overloaded"}}');
    };
    await app.deliver([{ id: '1', text: 'hello' }]);
    await until(() => texts().length === 1);
    expect(texts()).toEqual(['re hello']);
    const [letter] = await letters('status=answered');
    expect(letter).toMatchObject({ attempts: 2, text: 'hello' });
  });

  it('apologises once for a message that fails for good, and answers it when a person says so', async () => {
    await start();
    const reply = model.reply;
    model.reply = (_message, response) => void response.writeHead(400).end('{"error":{"message":"no such content"}}');
    await app.deliver([{ id: '1', text: 'hello' }]);
    await until(() => texts().length === 1);
    expect(texts()).toEqual(["Sorry, I couldn't process your message right now."]);
    const [dead] = await letters('status=dead');
    expect(dead).toMatchObject({ error: expect.stringContaining('provider.invalid_request') });
    const retry = () => app.gateway.fetch(`/api/channels/messages/${dead?.id}/retry`, { method: 'POST' });
    expect((await retry()).status).toBe(202);
    await until(async () => (await letters('status=dead')).length === 1);
    model.reply = reply;
    expect((await retry()).status).toBe(202);
    await until(() => texts().length === 2);
    expect(texts()[1]).toBe('re hello');
    expect((await retry()).status).toBe(409);
  });

  it('takes a dead letter up again when its platform delivers it again', async () => {
    await start({ shared: 'apology = ""' });
    const reply = model.reply;
    model.reply = (_message, response) => void response.writeHead(400).end('{}');
    const body = [{ id: '1', text: 'hello' }];
    await app.deliver(body);
    await until(async () => (await letters('status=dead')).length === 1);
    model.reply = reply;
    expect(await (await app.deliver(body)).json()).toEqual({ coo: 1, again: 0 });
    await until(() => texts().length === 1);
    expect(texts()).toEqual(['re hello']);
  });

  it('records old messages without answering them', async () => {
    await start({ shared: 'max_message_age_secs = 60' });
    await app.deliver([
      { id: '1', at: Date.now() - 120_000 },
      { id: '2', from: 'bob' },
    ]);
    await until(() => texts().length === 1);
    expect((await letters('status=ignored_old')).map(({ message_id }) => message_id)).toEqual(['1']);
  });

  it('says what the channel wants said instead of running a turn', async () => {
    await start();
    await app.deliver([{ id: '1', notice: 'I cannot see pictures.' }]);
    await until(() => texts().length === 1);
    expect(texts()).toEqual(['I cannot see pictures.']);
    expect(model.requests).toHaveLength(0);
  });

  it('cuts a long answer into parts, in their order', async () => {
    await start();
    const answer = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    model.reply = (_message, response) => say(response, answer);
    await app.deliver([{ id: '1' }]);
    await until(async () => (await letters('direction=outbound&status=sent')).length === 1);
    expect(app.said().length).toBeGreaterThan(2);
    expect(texts().join(' ')).toBe(answer);
    expect(app.said().map(({ index }) => index)).toEqual(texts().map((_, index) => index));
    expect(texts().every((text) => text.length <= 100)).toBe(true);
  });

  it('sends on where it was interrupted, and never what was confirmed', async () => {
    await start();
    model.reply = (_message, response) => say(response, `${'a'.repeat(90)}\n\n${'b'.repeat(90)}\n\n${'c'.repeat(90)}`);
    loft.next({}, {}, { status: 503 }, 'cut');
    await app.deliver([{ id: '1' }]);
    await until(async () => (await letters('direction=outbound&status=sent')).length === 1);
    expect(texts().map((text) => text[0])).toEqual(['a', 'b', 'c']);
    expect(app.said().map(({ attempt }) => attempt)).toEqual([0, 2, 0]);
  });

  it('leaves the platform alone for as long as it wants', async () => {
    await start();
    loft.next({}, { status: 429, headers: { 'retry-after': '2' } });
    await app.deliver([{ id: '1' }]);
    await until(() => loft.calls.filter(({ status }) => status === 429).length === 1);
    const refused = performance.now();
    await app.deliver([{ id: '2', from: 'bob' }]);
    await until(() => texts().length === 2);
    expect(performance.now() - refused).toBeGreaterThan(1_800);
  });

  it('leaves only that conversation alone whose limit it is', async () => {
    await start();
    loft.next({}, { status: 429, headers: { 'retry-after': '3' }, json: { limit: 'loft' } });
    await app.deliver([{ id: '1' }]);
    await until(() => loft.calls.some(({ status }) => status === 429));
    const refused = performance.now();
    await app.deliver([{ id: '2' }]);
    await app.deliver([{ id: '3', from: 'bob' }]);
    await until(() => texts().length === 1);
    expect(texts()).toEqual(['re say 3']);
    const card = await app.gateway.fetch('/api/channels').then((response) => response.text());
    expect(card).not.toContain('failing');
    await until(() => texts().length === 3);
    expect(performance.now() - refused).toBeGreaterThan(2_800);
    expect(texts()).toEqual(['re say 3', 're say 1', 're say 2']);
  });

  it('gives up what the platform will never take, with its words but without secrets', async () => {
    await start();
    const secret = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD';
    loft.next({}, { status: 400, json: { message: `bad recipient, key ${secret}` } });
    await app.deliver([{ id: '1' }]);
    await until(async () => (await letters('direction=outbound&status=dead')).length === 1);
    const [dead] = await letters('direction=outbound&status=dead');
    expect(dead).toMatchObject({ failure: 'permanent', error: expect.stringContaining('bad recipient') });
    expect(JSON.stringify(dead)).not.toContain(secret);
    await app.gateway.fetch(`/api/channels/messages/${dead?.id}/retry`, { method: 'POST' });
    await until(() => texts().length === 1);
  });

  it('waits for the operator when its credentials are refused, red but ready', async () => {
    await start();
    loft.next({}, { status: 401 });
    await app.deliver([{ id: '1' }]);
    const card = async () => {
      const { channels } = (await (await app.gateway.fetch('/api/channels')).json()) as { channels: Letter[] };
      return channels.find(({ name }) => name === 'pigeon');
    };
    await until(async () => (await card())?.status === 'failing');
    expect(await card()).toMatchObject({ outbound: { pending: 1 }, last_error: expect.stringContaining('401') });
    expect((await fetch(`${app.gateway.url}/health/ready`)).status).toBe(200);
    expect(await (await app.gateway.fetch('/metrics')).text()).toContain('zeroclaw_channel_up{channel="pigeon"} 0');
    const [waiting] = await letters('direction=outbound&status=pending');
    await app.gateway.fetch(`/api/channels/messages/${waiting?.id}/retry`, { method: 'POST' });
    await until(() => texts().length === 1);
    expect((await card())?.status).toBe('ok');
  });

  it('tries again as soon as the operator has mended the configuration', async () => {
    await start();
    loft.next({}, { status: 401 });
    await app.deliver([{ id: '1' }]);
    await until(async () => (await letters('direction=outbound&status=pending'))[0]?.failure === 'credentials');
    const file = join(app.gateway.dir, 'config.toml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('[channels_config.pigeon]', '[channels_config.pigeon]\nmax_length = 90'));
    await (app.gateway.get(ConfigService) as FileConfigService).reload();
    await until(() => texts().length === 1);
  });

  it('puts a message back when the gateway stops in the middle of it, and answers it afterwards', async () => {
    const dir = await tempDir();
    await start({}, dir.path);
    const reply = model.reply;
    model.reply = () => undefined;
    await app.deliver([{ id: '1', text: 'hello' }]);
    await until(() => model.requests.length === 1);
    await app.stop();
    model.reply = reply;
    await start({}, dir.path);
    await until(() => texts().length === 1);
    expect(texts()).toEqual(['re hello']);
    expect((await letters('status=answered'))[0]).toMatchObject({ attempts: 1 });
    await dir.remove();
  });

  it('forgets what was said when asked to, and takes it no second time', async () => {
    await start();
    const body = [{ id: '1', text: 'my secret' }];
    await app.deliver(body);
    await until(async () => (await letters('status=answered')).length === 1);
    const [letter] = await letters('status=answered');
    const erase = () => app.gateway.fetch(`/api/channels/messages/${letter?.id}`, { method: 'DELETE' });
    expect((await erase()).status).toBe(200);
    expect((await erase()).status).toBe(404);
    expect(JSON.stringify(await letters('status=deleted'))).not.toContain('my secret');
    expect(await (await app.deliver(body)).json()).toEqual({ coo: 0, again: 1 });
    const { entries } = (await (await app.gateway.fetch('/api/audit?type=channel.delete')).json()) as {
      entries: object[];
    };
    expect(entries).toEqual([expect.objectContaining({ target: letter?.id, detail: 'pigeon' })]);
  });

  it('tells what went through it', async () => {
    await start();
    await app.deliver([{ id: '1' }]);
    await app.deliver([{ id: '1' }]);
    await fetch(`${app.gateway.url}/pigeon`, { method: 'POST', body: payload([{ id: '2' }]) });
    await until(() => texts().length === 1);
    await until(async () => (await letters('direction=outbound&status=sent')).length === 1);
    const metrics = await (await app.gateway.fetch('/metrics')).text();
    for (const line of [
      'zeroclaw_channel_messages_total{channel="pigeon",direction="inbound"} 1',
      'zeroclaw_channel_messages_total{channel="pigeon",direction="outbound"} 1',
      'zeroclaw_channel_outcomes_total{channel="pigeon",direction="inbound",outcome="duplicate"} 1',
      'zeroclaw_channel_outcomes_total{channel="pigeon",direction="inbound",outcome="answered"} 1',
      'zeroclaw_channel_rejected_total{channel="pigeon",reason="signature"} 1',
      'zeroclaw_webhook_auth_failures_total{channel="pigeon",signature="invalid",bearer="missing"} 1',
      'zeroclaw_channel_queue_depth{channel="pigeon",direction="inbound",status="received"} 0',
      'zeroclaw_channel_oldest_unanswered_seconds{channel="pigeon"} 0',
      'zeroclaw_channel_up{channel="pigeon"} 1',
      'zeroclaw_channel_turn_seconds_count{channel="pigeon"} 1',
      'zeroclaw_channel_delivery_seconds_count{channel="pigeon"} 1',
    ]) {
      expect(metrics).toContain(line);
    }
  });

  it('shows what people wrote to admins only', async () => {
    await start();
    expect((await fetch(`${app.gateway.url}/api/channels`)).status).toBe(401);
    expect((await fetch(`${app.gateway.url}/api/channels/pigeon/messages`)).status).toBe(401);
    expect((await app.gateway.fetch('/api/channels/parrot/messages')).status).toBe(404);
    expect((await app.gateway.fetch('/api/channels/pigeon/messages?status=odd')).status).toBe(400);
  });
});
