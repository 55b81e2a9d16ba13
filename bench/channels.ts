/**
 * npm run build && node bench/channels.ts: deliveries by a platform while the model takes its time. 500 WhatsApp messages a second for 30 s, each
 * of another person, a model that takes 2 s; then the model gets quick, so that what has gathered is answered. Prints how long the platform
 * waited for its 200, and fails when a message was lost or answered twice. `--rate`, `--seconds`, `--model-ms`; `--dist <folder>` for another build.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FLAGS } from './gateway.ts';
import { firstOk, freePort, startNode, stop } from './processes.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '30' },
    'model-ms': { type: 'string', default: '2000' },
    dist: { type: 'string', default: 'dist' },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
const SECRET = 'bench secret';
const DRAIN_LIMIT_MS = 600_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

let modelMs = Number(values['model-ms']);
const answered = new Map<string, number>();
/** The model and the platform in one. */
const outside = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (piece: Buffer) => chunks.push(piece));
  request.on('end', () => {
    const isModel = request.url?.includes('/chat/completions') === true;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { text?: { body: string }; messages?: unknown };
    response.setHeader('content-type', 'application/json');
    if (isModel) {
      const { content } = (body.messages as { content: string }[]).at(-1) ?? { content: '' };
      const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [choice], usage };
      setTimeout(() => response.end(JSON.stringify(completion)), modelMs);
      return;
    }
    const text = body.text?.body ?? '';
    answered.set(text, (answered.get(text) ?? 0) + 1);
    response.end(JSON.stringify({ messages: [{ id: `wamid.${answered.size}` }] }));
  });
}).listen(0, '127.0.0.1');
await once(outside, 'listening');
const base = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;

const folder = mkdtempSync(join(tmpdir(), 'zeroclaw-channels-'));
writeFileSync(
  join(folder, 'config.toml'),
  `default_provider = "custom:${base}"
default_model = "m"
api_key = "k"
[channels_config.whatsapp]
access_token = "t"
phone_number_id = "1"
verify_token = "v"
app_secret = "${SECRET}"
allowed_numbers = ["*"]
api_base_url = "${base}"
`,
  { mode: 0o600 },
);
const port = await freePort();
const entry = join(resolve(values.dist), 'main.js');
const gateway = startNode('proxy', [...FLAGS, entry, 'gateway', '--port', String(port), '--config-dir', folder]);
gateway.stdout?.resume();
gateway.stderr?.resume();

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function payload(id: string, from: number): string {
  const message = {
    from: String(from),
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: id },
  };
  const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: '1' }, messages: [message] };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: 'e', changes: [{ field: 'messages', value }] }],
  });
}

/** Milliseconds until the 200; rejects with any other status. */
async function deliver(id: string, from: number): Promise<number> {
  const body = payload(id, from);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  };
  const started = performance.now();
  const call = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/whatsapp', headers, agent });
  call.end(body);
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
  return performance.now() - started;
}

try {
  await firstOk(`http://127.0.0.1:${port}/health`, gateway);
  const total = rate * seconds;
  // The first turn of a process loads what it needs, once.
  modelMs = 0;
  await deliver('warm', 4_800_000_000);
  while (answered.size < 1) await wait(10);
  answered.clear();
  modelMs = Number(values['model-ms']);
  const waits: Promise<number>[] = [];
  const started = performance.now();
  while (waits.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * rate));
    while (waits.length < due) waits.push(deliver(`m${waits.length}`, 4_900_000_000 + waits.length));
    await wait(2);
  }
  const inOrder = await Promise.all(waits);
  const times = inOrder.toSorted((a, b) => a - b);
  const took = (performance.now() - started) / 1000;
  const at = (share: number) => `${(times[Math.floor(times.length * share)] ?? 0).toFixed(1)} ms`;
  print(
    `${total} deliveries in ${took.toFixed(1)} s, all acknowledged: p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(0.9999)}`,
  );
  print(`${answered.size} were answered meanwhile`);

  modelMs = 0;
  const drained = performance.now();
  const before = answered.size;
  while (answered.size < total && performance.now() - drained < DRAIN_LIMIT_MS) await wait(100);
  const rest = answered.size - before;
  const per = rest / ((performance.now() - drained) / 1000);
  print(`the rest with a quick model: ${rest} answers, ${per.toFixed(0)} a second`);
  const twice = [...answered.values()].filter((count) => count > 1).length;
  print(`lost ${total - answered.size}, answered twice ${twice}`);
  if (answered.size !== total || twice > 0) process.exitCode = 1;
} finally {
  await stop(gateway, 'SIGTERM');
  outside.closeAllConnections();
  outside.close();
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
