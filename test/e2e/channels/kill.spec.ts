import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PigeonMessage } from '../../support/channel-gateway';
import { deliverTo, spoken, storedPigeonToml } from '../../support/channel-gateway';
import type { ChannelProcess } from '../../support/channel-processes';
import { startChannelProcess } from '../../support/channel-processes';
import { describeEachDatabase } from '../../support/databases';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer } from '../../support/platform-server';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import type { ChannelTables } from '../../../src/channels/queue/queue.tables';

/** After the lease of 30 s that a dead process leaves behind. */
const LATER = 60_000;
// Processes start on machines that may be busy.
jest.setTimeout(120_000);

describeEachDatabase('a gateway that is killed', (open, { dialect, options }) => {
  let loft: PlatformServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const processes: ChannelProcess[] = [];

  beforeEach(async () => {
    loft = await startPlatform();
    dir = await tempDir();
    await writeFile(join(dir.path, 'config.toml'), storedPigeonToml(loft.url, options()), { mode: 0o600 });
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.kill()));
    await loft.stop();
    await dir.remove();
  });

  const start = async (ahead = 0) => {
    const started = await startChannelProcess(dir.path, ahead);
    processes.push(started);
    return started;
  };
  const acknowledged = (url: string, messages: PigeonMessage[]) =>
    deliverTo(url, messages).then(
      ({ status }) => status === 200,
      () => false,
    );

  if (dialect === 'postgres') {
    it('shares the work with another one, which answers what it leaves behind', async () => {
      const [first, second] = await Promise.all([start(), start()]);
      const ids = Array.from({ length: 200 }, (_, i) => `m${i}`);
      const deliver = (id: string, at: number) => {
        const messages = [{ id, from: `p${at % 23}`, text: id }];
        return Promise.all([first, second].map(({ url }) => acknowledged(url, messages)));
      };
      const taken = ids.slice(0, 100).map(deliver);
      await until(() => loft.taken.length > 20);
      const killed = first.kill();
      const more = ids.slice(100).map(deliver);
      await Promise.all([killed, ...taken, ...more]);
      // The lease of what the dead one held is over for a third, whose clock is ahead.
      await start(LATER);
      const texts = () => new Set(spoken(loft.taken).map(({ text }) => text.replace(/^.*: /, '')));
      await until(() => texts().size === ids.length, 60_000);
      const byText = Map.groupBy(spoken(loft.taken), ({ text }) => text);
      for (const answers of byText.values()) {
        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
        expect(answers.slice(1).every(({ attempt }) => attempt > 0)).toBe(true);
      }
    });
  }

  if (dialect === 'sqlite') {
    it('answers each of 1000 messages once, with duplicates and kills at any time', async () => {
      const kills = 5;
      const ids = Array.from({ length: 1_000 }, (_, i) => `m${i}`);
      const deliveries = [...ids, ...ids.filter((_, i) => i % 5 === 0)];
      let running = await start();
      let next = 0;
      const platform = async () => {
        for (let at = next++; at < deliveries.length; at = next++) {
          const id = deliveries[at] ?? '';
          while (!(await acknowledged(running.url, [{ id, from: `p${at % 97}`, text: id }]))) await down;
        }
      };
      let down: Promise<unknown> = Promise.resolve();
      const everybody = Promise.all(Array.from({ length: 12 }, platform));
      for (let kill = 1; kill <= kills; kill++) {
        await until(() => next > (deliveries.length * kill) / (kills + 1) - Math.random() * 100, 60_000);
        const restarted = running.kill().then(() => start());
        down = restarted;
        running = await restarted;
      }
      await everybody;
      const tables = (await open()).tables<ChannelTables>();
      const unfinished = async () =>
        (await tables.selectFrom('channel_inbox').select('id').where('status', '!=', 'answered').execute()).length +
        (await tables.selectFrom('channel_outbox').select('id').where('status', '!=', 'sent').execute()).length;
      await until(async () => (await unfinished()) === 0, 60_000);

      const parts = spoken(loft.taken);
      const byText = Map.groupBy(parts, ({ text }) => text.replace(/^.*: /, ''));
      expect([...byText.keys()].toSorted()).toEqual(ids.toSorted());
      for (const answers of byText.values()) {
        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
        // Another one only where the process died between the platform's word and writing it down.
        expect(answers.slice(1).every(({ attempt }) => attempt > 0)).toBe(true);
      }
      expect(parts.length - ids.length).toBeLessThanOrEqual(kills * 8);
    });
  }
});
