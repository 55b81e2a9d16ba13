/**
 * Holds one conversation with a gateway as a newcomer would: start it in an empty folder, pair with the code of the banner,
 * chat through the official OpenAI SDK, stop it. Usage: node scripts/hold-conversation.mjs [folder of the built gateway]
 * In a container or on a CI machine it may run as root; the gateway then gets a user that can write only where it must.
 */
import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import OpenAI from 'openai';

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
  assert.ok(url && code, `neither address nor code in:\n${output.stdout}`);
  return { url, code };
}

async function pair(url, code) {
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

async function converse() {
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
    await step('SIGTERM ends it with exit code 0', async () => {
      const ended = once(gateway.child, 'exit');
      gateway.child.kill('SIGTERM');
      const timer = setTimeout(() => gateway.child.kill('SIGKILL'), 30_000);
      const [exitCode, signal] = await ended;
      clearTimeout(timer);
      assert.deepEqual([exitCode, signal], [0, null], gateway.output.stderr);
    });
  } finally {
    gateway.child.kill('SIGKILL');
  }
}

await converse().catch(() => {});
rmSync(data, { recursive: true, force: true });
process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`);
process.exitCode = results.failed === 0 ? 0 : 1;
