import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PigeonMessage } from '../../support/channel-gateway';
import { deliverTo, spoken, storedPigeonToml } from '../../support/channel-gateway';
import type { ChannelProcess } from '../../support/channel-processes';
import { startChannelProcess } from '../../support/channel-processes';
import { CRASH_POINTS } from '../../support/crash-points';
import { describeStoryOnEachDatabase } from '../../support/databases';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer } from '../../support/platform-server';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import type { ChannelTables } from '../../../src/channels/queue/queue.tables';

/** The platform has it, but the gateway could not write that down: the only points where a part may come twice, marked as another attempt. */
const MAY_REPEAT = [
  'after a part is confirmed, before that is written',
  'after the last part is confirmed, before that is written',
];
/** Points that a lease of 30 s separates from being taken up again, where other processes share the database. */
const LATER = 60_000;
const TEXT =
  'all the words of this message have to come back, none twice, and in their order, whatever happens meanwhile';

// Processes start on machines that may be busy.
jest.setTimeout(120_000);

interface Kept {
  seq: number;
  role: string;
  session_id: string;
}

/** Each process that takes up what the one before it has left behind is itself the next one to die. */
describeStoryOnEachDatabase('a gateway that dies', (open, { dialect, options }) => {
  let loft: PlatformServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let tables: Awaited<ReturnType<typeof open>>;
  let running: ChannelProcess | undefined;
  let started = 0;

  const start = () => startChannelProcess(dir.path, dialect === 'postgres' ? LATER * started++ : 0);
  const acknowledged = (url: string, message: PigeonMessage) =>
    deliverTo(url, [message]).then(
      ({ status }) => status === 200,
      () => false,
    );

  beforeAll(async () => {
    loft = await startPlatform();
    dir = await tempDir();
    await writeFile(join(dir.path, 'config.toml'), storedPigeonToml(loft.url, options()), { mode: 0o600 });
    tables = await open();
  });
  afterAll(async () => {
    await running?.kill();
    await loft.stop();
    await dir.remove();
  });

  const points = dialect === 'sqlite' ? CRASH_POINTS : CRASH_POINTS.filter((point) => /commit|turn/.test(point));
  it.each(points.map((point, at) => [point, `writer${at}`]))(
    '%s: neither loses nor repeats anything',
    async (point, from) => {
      const message = { id: `to ${from}`, from, text: TEXT };
      const dying = running ?? (await start());
      running = undefined;
      await dying.dieAt(point);
      const wasTaken = await acknowledged(dying.url, message);
      await dying.ended;

      running = await start();
      // The platform delivers again what nobody has acknowledged, and sometimes what was.
      for (let deliveries = wasTaken ? 1 : 2; deliveries > 0; deliveries--) {
        expect(await acknowledged(running.url, message)).toBe(true);
      }
      const rows = tables.tables<ChannelTables & { session_messages: Kept }>();
      const answers = rows.selectFrom('channel_outbox').select('status').where('conversation', '=', from);
      await until(async () => (await answers.execute()).some(({ status }) => status === 'sent'), 60_000);

      expect(await answers.execute()).toHaveLength(1);
      const inbox = rows.selectFrom('channel_inbox').select('status').where('message_id', '=', message.id);
      expect(await inbox.execute()).toEqual([{ status: 'answered' }]);
      const session = `pigeon_${from}_${from}`;
      const kept = rows.selectFrom('session_messages').select('role').where('session_id', '=', session).orderBy('seq');
      expect((await kept.execute()).map(({ role }) => role)).toEqual(['user', 'assistant']);
      const parts = spoken(loft.taken).filter(({ conversation }) => conversation === from);
      const once = parts.filter(
        ({ attempt, id }, at) => attempt === 0 || parts.findIndex((part) => part.id === id) === at,
      );
      expect(once.map(({ index }) => index)).toEqual(once.map((_, index) => index));
      expect(once.map(({ text }) => text).join(' ')).toBe(`This is the built-in echo model. You said: ${TEXT}`);
      expect(parts.length - once.length).toBe(MAY_REPEAT.includes(point) ? 1 : 0);
    },
  );
});
