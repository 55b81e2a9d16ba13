/** One connection, nothing else going on: what a single caller waits longer than without a proxy. */
import type { Options } from '../options.ts';
import { ms, row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { difference, median } from '../statistics.ts';
import { chat, interleave, of, stream, turn } from '../turns.ts';

const figures = [
  { load: chat, key: 'p50', figure: 'added p50, one connection', target: 0.25 },
  { load: stream, key: 'firstByteP50', figure: 'added time to first byte, one connection', target: 0.3 },
] as const;

export async function latency(rig: Rig, options: Options): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { load, key, figure, target } of figures) {
    const field = [turn(rig.gateway, load), turn(rig.direct, load), turn(rig.bare, load)] as const;
    const [ours, direct, bare] = (await interleave(rig, options, field, 1)).map((one) => of(one, key));
    if (!ours || !direct || !bare) throw new Error('three candidates, three results');
    const bareAdds = difference(bare, direct).value;
    const detail = `direct ${ms(median(direct))} · gateway ${ms(median(ours))} · bare adds ${ms(bareAdds)}`;
    rows.push(row(figure, difference(ours, direct), 'ms', { atMost: target }, detail));
  }
  return rows;
}
