/**
 * Holds one conversation with a gateway as a newcomer would: start it in an empty folder, pair with the code of the banner, chat through the official
 * OpenAI SDK and a WebSocket, follow the events, run a cron job, stop it, start it again with a channel and be answered there. Usage: node scripts/hold-conversation.mjs [folder of the built gateway]
 * In a container or on a CI machine it may run as root; the gateway then gets a user that can write only where it must.
 */
import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as bodyOf } from 'node:stream/consumers';
import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';

const NOBODY = 65_534;
const app = resolve(process.argv[2] ?? '.');
const data = mkdtempSync(join(tmpdir(), 'zeroclaw-conversation-'));
const results = { passed: 0, failed: 0 };

async function step(name, work) {
  try {
    const value = await work();
    results.passed += 1;
    process.stdout.write(`ok      ${name}\n`);
    return value;
  } catch (error) {
    results.failed += 1;
    process.stdout.write(`FAILED  ${name}\n${error?.stack ?? error}\n`);
    throw error;
  }
}

function start() {
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (identity.uid !== undefined) chownSync(data, NOBODY, NOBODY);
  const child = spawn(process.execPath, [join(app, 'dist', 'main.js'), 'gateway', '--port', '0'], {
    cwd: data,
    env: { PATH: process.env.PATH, HOME: data, TMPDIR: data, NODE_ENV: 'production', ZEROCLAW_CONFIG_DIR: data },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...identity,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  return { child, output };
}

async function banner({ child, output }) {
  await new Promise((found, lost) => {
    const timer = setTimeout(() => lost(new Error(`no banner within 60 s:\n${output.stdout}${output.stderr}`)), 60_000);
    child.stdout.on('data', () => {
      if (!output.stdout.includes('Press Ctrl+C')) return;
      clearTimeout(timer);
      found();
    });
    child.once('exit', (code) => lost(new Error(`the gateway ended with exit code ${code}:\n${output.stderr}`)));
  });
  const url = /listening on (http:\S+)/.exec(output.stdout)?.[1];
  const code = /X-Pairing-Code: (\w{4}-\w{4})/.exec(output.stdout)?.[1];
  assert.ok(url, `no address in:\n${output.stdout}`);
  return { url, code };
}

async function pair(url, code) {
  assert.ok(code, 'the banner shows no pairing code');
  const response = await fetch(`${url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  assert.equal(answer.persisted, true, 'the token was not written to config.toml');
  assert.match(answer.token, /^zcl_live_[0-9a-f]{64}$/);
  return answer.token;
}

const question = 'Is anybody listening at the other end of this gateway?';
const ask = { model: 'zeroclaw', messages: [{ role: 'user', content: question }] };

async function whole(client) {
  const completion = await client.chat.completions.create(ask);
  const [choice] = completion.choices;
  assert.equal(choice.finish_reason, 'stop');
  assert.ok(choice.message.content.includes(question), `the echo model said: ${choice.message.content}`);
}

async function streamed(client) {
  const stream = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const pieces = [];
  let finish = null;
  let usage = null;
  for await (const chunk of stream) {
    const [choice] = chunk.choices;
    if (choice?.delta.content) pieces.push(choice.delta.content);
    finish = choice?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.ok(pieces.length > 1, `a stream of ${pieces.length} piece is no stream`);
  assert.ok(pieces.join('').includes(question), `the echo model said: ${pieces.join('')}`);
  assert.equal(finish, 'stop');
  assert.ok(usage?.total_tokens > 0, 'no usage at the end of the stream');
}

/** Resolves with the first value of `work` that is not undefined; what takes longer than 20 s has failed. */
async function within(what, work) {
  let timer;
  const late = new Promise((_, lost) => {
    timer = setTimeout(() => lost(new Error(`${what}: nothing within 20 s`)), 20_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A turn as a browser has it, then a frame that is none, which must not cost the socket. */
async function webSocketTurn(url, token) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/chat`, ['zeroclaw.v1', `bearer.${token}`]);
  const frames = [];
  const send = (frame) => socket.send(JSON.stringify(frame));
  const turn = new Promise((done, lost) => {
    socket.addEventListener('message', ({ data: line }) => {
      const frame = JSON.parse(line);
      frames.push(frame);
      if (frame.type === 'history') send({ type: 'message', content: question });
      if (frame.type === 'done') socket.send('{"type":');
      if (frame.code === 'frame.invalid_json') send({ type: 'ping' });
      if (frame.type === 'pong') done();
    });
    socket.addEventListener('close', ({ code, reason }) => lost(new Error(`closed with ${code} ${reason}`)));
    socket.addEventListener('error', () => lost(new Error('the connection failed')));
  });
  await within('the WebSocket', turn);
  const said = frames.filter(({ type }) => type === 'chunk').map(({ content }) => content);
  assert.ok(said.length > 1 && said.join('').includes(question), JSON.stringify(frames));
  const seqs = frames.filter(({ seq }) => seq).map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  socket.close(1000);
}

/** Calls the API with the token; the answer as JSON. */
async function api(url, token, path, json) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const init = json === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(json) };
  const response = await fetch(url + path, init);
  const answer = await response.json();
  assert.ok(response.ok, `${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** What the stream tells while `work` is done, up to the first event of the type. */
async function eventsOf(url, token, type, work) {
  const leaving = new AbortController();
  const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
  const response = await fetch(`${url}/api/events`, { headers, signal: leaving.signal });
  assert.equal(response.status, 200);
  const told = (async () => {
    let seen = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      seen += piece;
      if (seen.includes(`"type":"${type}"`)) return seen;
    }
    throw new Error(`the stream ended without ${type}: ${seen}`);
  })();
  told.catch(() => {});
  try {
    await work();
    return await within(type, told);
  } finally {
    leaving.abort();
  }
}

async function cronJob(url, token) {
  const job = await api(url, token, '/api/cron', { name: 'hourly', schedule: '0 * * * *', prompt: question });
  const { id } = job.job ?? job;
  const seen = await eventsOf(url, token, 'agent_end', () => api(url, token, `/api/cron/${id}/run`, {}));
  assert.match(seen, /"type":"cron_run"/);
  const ended = (async () => {
    for (;;) {
      const { runs } = await api(url, token, `/api/cron/${id}/runs`);
      if (runs[0]?.finished_at) return runs[0];
      await new Promise((again) => setTimeout(again, 50));
    }
  })();
  const run = await within('the job', ended);
  assert.equal(run.status, 'ok', JSON.stringify(run));
  assert.ok(run.output.includes(question), JSON.stringify(run));
}

const SECRET = `whsec_${Buffer.from('a secret of this conversation only').toString('base64')}`;

/** A system of the newcomer's own, which takes the answers of its channel. */
async function ownSystem() {
  const webhook = new Webhook(SECRET);
  const { promise: reply, resolve: taken, reject: refused } = Promise.withResolvers();
  const server = createServer(async (request, response) => {
    try {
      taken(webhook.verify(await bodyOf(request), request.headers));
      response.writeHead(204).end();
    } catch (error) {
      refused(error);
      response.writeHead(401).end();
    }
  });
  reply.catch(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, reply, url: `http://127.0.0.1:${server.address().port}/replies` };
}

async function delivered(url, reply) {
  const webhook = new Webhook(SECRET);
  const body = JSON.stringify({ type: 'message', sender: 'ada', text: question });
  const now = new Date();
  const post = (signature) => {
    const headers = {
      'Content-Type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    };
    return fetch(`${url}/generic-webhook`, { method: 'POST', headers, body });
  };
  const forged = await post(`v1,${Buffer.alloc(32).toString('base64')}`);
  assert.equal(forged.status, 401, await forged.text());
  const taken = await post(webhook.sign('msg_1', now, body));
  assert.equal(taken.status, 200, await taken.text());
  const answer = await within('the answer', reply);
  assert.equal(answer.conversation, 'ada');
  assert.ok(answer.text.includes(question), JSON.stringify(answer));
}

async function end(gateway) {
  const ended = once(gateway.child, 'exit');
  gateway.child.kill('SIGTERM');
  const timer = setTimeout(() => gateway.child.kill('SIGKILL'), 30_000);
  const [exitCode, signal] = await ended;
  clearTimeout(timer);
  assert.deepEqual([exitCode, signal], [0, null], gateway.output.stderr);
}

/** The second start, in the folder of the first. */
async function converseByChannel(token) {
  const own = await ownSystem();
  const table = `\n[channels_config.generic_webhook]\nurl = "${own.url}"\nsigning_secret = "${SECRET}"\nallowed_senders = ["ada"]\n`;
  appendFileSync(join(data, 'config.toml'), table);
  const gateway = start();
  try {
    const { url } = await step('it starts again with a channel', () => banner(gateway));
    await step('the token is still good', () => api(url, token, '/api/status'));
    await step('a signed delivery is answered in the channel, a forged one refused', () => delivered(url, own.reply));
    await step('SIGTERM ends it again', () => end(gateway));
  } finally {
    gateway.child.kill('SIGKILL');
    own.server.close();
    own.server.closeAllConnections();
  }
}

async function converse() {
  let token;
  const gateway = await step('the built gateway starts in an empty folder', () => {
    assert.ok(existsSync(join(app, 'dist', 'main.js')), `${app}/dist/main.js is missing: npm run build`);
    assert.deepEqual(readdirSync(data), []);
    return start();
  });
  try {
    const { url, code } = await step('it shows its address and a pairing code', () => banner(gateway));
    const apiKey = await step('the code gives a token', () => pair(url, code));
    await step('the code is used up', async () => {
      const again = await fetch(`${url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
      assert.equal(again.status, 403);
    });
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    await step('the SDK lists its models', async () => {
      const ids = [];
      for await (const model of client.models.list()) ids.push(model.id);
      assert.ok(ids.includes('zeroclaw'), `models: ${ids.join(', ')}`);
    });
    await step('the SDK gets a whole answer', () => whole(client));
    await step('the SDK gets a streamed answer with its usage', () => streamed(client));
    await step('a wrong token is refused', async () => {
      const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'zcl_live_wrong', maxRetries: 0 });
      await assert.rejects(stranger.chat.completions.create(ask), { status: 401 });
    });
    await step('a WebSocket gets an answer word by word and survives a bad frame', () => webSocketTurn(url, apiKey));
    await step('the event stream tells of a turn', () => eventsOf(url, apiKey, 'agent_end', () => whole(client)));
    await step('a cron job runs by hand', () => cronJob(url, apiKey));
    await step('SIGTERM ends it with exit code 0', () => end(gateway));
    token = apiKey;
  } finally {
    gateway.child.kill('SIGKILL');
  }
  await converseByChannel(token);
}

await converse().catch(() => {});
rmSync(data, { recursive: true, force: true });
process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`);
process.exitCode = results.failed === 0 ? 0 : 1;
