import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeEachDatabase } from '../support/databases';
import { post } from '../support/idempotency-app';

const SUPPORT = join(__dirname, '..', 'support');
/** Longer than the lease of a claim. */
const A_MINUTE = 60_000;

interface Child {
  url: string;
  process: ChildProcess;
  /** Resolves when a handler has begun. */
  running: Promise<void>;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

// Two or three processes start per test, on machines that may be busy.
jest.setTimeout(60_000);

describeEachDatabase('a process that is killed', (_open, { dialect, options }) => {
  const children: ChildProcess[] = [];

  /** @param ahead milliseconds that the process's clock is ahead */
  async function start(ahead = 0): Promise<Child> {
    const child = spawn(
      process.execPath,
      [
        '--require',
        join(SUPPORT, 'typescript.cjs'),
        join(SUPPORT, 'idempotency-child.ts'),
        JSON.stringify(options()),
        String(ahead),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(child);
    const listening = Promise.withResolvers<string>();
    const running = Promise.withResolvers<void>();
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, url] = /listening on (\S+)\n/.exec(output) ?? [];
      if (url !== undefined) listening.resolve(url);
      if (/^run /m.test(output)) running.resolve();
    });
    child.once('exit', (code) => listening.reject(new Error(`the process ended with ${code}`)));
    return { url: await listening.promise, process: child, running: running.promise };
  }

  afterEach(async () => {
    await Promise.all(children.splice(0).map(kill));
  });

  it.each(['json', 'announced'])('has kept each answer that its client has read: /%s', async (path) => {
    const first = await start();
    const answer = await (await post(`${first.url}/${path}`, 'key', { a: 1 })).text();
    await kill(first.process);

    const second = await start();
    const replay = await post(`${second.url}/${path}`, 'key', { a: 1 });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(await replay.text()).toBe(answer);
  });

  it('shares an empty database with others that boot at the same time', async () => {
    const [first, second, third] = await Promise.all([start(), start(), start()]);
    await (await post(`${first.url}/json`, 'key')).text();
    for (const other of [second, third]) {
      expect((await post(`${other.url}/json`, 'key')).headers.get('idempotent-replayed')).toBe('true');
    }
  });

  async function killInFlight(): Promise<void> {
    const child = await start();
    const cut = post(`${child.url}/slow`, 'key').catch(() => 'cut');
    await child.running;
    await kill(child.process);
    expect(await cut).toBe('cut');
  }

  it('leaves the key of an unanswered request to the next attempt', async () => {
    await killInFlight();
    const next = await start(dialect === 'postgres' ? A_MINUTE : 0);
    void post(`${next.url}/slow`, 'key').catch(() => 'cut');
    await expect(next.running).resolves.toBeUndefined();
  });

  if (dialect === 'postgres') {
    it('holds the key until its lease is over, because another process could still be at work', async () => {
      await killInFlight();
      const next = await start();
      expect((await post(`${next.url}/slow`, 'key')).status).toBe(409);
    });
  }
});
