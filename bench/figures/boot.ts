/** From spawn to the first 200 on /health of the built code, in a folder that has been used before. */
import { bootMs, configFolder } from '../gateway.ts';
import type { Options } from '../options.ts';
import { freePort } from '../processes.ts';
import { row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { spread } from '../statistics.ts';

export async function boot(rig: Rig, options: Options): Promise<Row[]> {
  const folder = configFolder(rig.upstreamPort);
  const port = await freePort();
  const first = (await bootMs(folder, port)) / 1000;
  const seconds: number[] = [];
  for (let i = 0; i < (options.quick ? 3 : 5); i += 1) seconds.push((await bootMs(folder, port)) / 1000);
  const detail = `in an empty folder ${first.toFixed(2)} s`;
  return [row('spawn to first 200 on /health', spread(seconds), 's', { atMost: 0.8 }, detail)];
}
