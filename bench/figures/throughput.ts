/** How much fits through one core, compared with the bare proxy and with Portkey. */
import type { Options } from '../options.ts';
import { row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { ratio } from '../statistics.ts';
import { behind, chat, CONNECTIONS, history, interleave, of, stream, turn } from '../turns.ts';
import type { Load } from '../turns.ts';

interface Target {
  load: Load;
  bare: number;
  /** Left out where the comparison says nothing new. */
  portkey?: number;
}

const targets: Target[] = [
  { load: chat, bare: 0.7, portkey: 16 },
  { load: history, bare: 0.8 },
  { load: stream, bare: 1.2, portkey: 24 },
];

export async function throughput(rig: Rig, options: Options): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { load, bare: bareTarget, portkey: portkeyTarget } of targets) {
    const field = [turn(rig.gateway, load), turn(rig.bare, load)] as const;
    const third = portkeyTarget !== undefined && rig.portkey ? [turn(rig.portkey, load)] : [];
    const [ours, bare, portkey] = await interleave(rig, options, [...field, ...third], CONNECTIONS);
    const compared = ratio(of(ours, 'perSecond'), of(bare, 'perSecond'));
    const target = { atLeast: bareTarget };
    rows.push(row(`${load.name}, gateway : bare proxy`, compared, '', target, behind(ours, bare)));
    if (!portkey || portkeyTarget === undefined) continue;
    const beside = ratio(of(ours, 'perSecond'), of(portkey, 'perSecond'));
    rows.push(row(`${load.name}, gateway : Portkey`, beside, '×', { atLeast: portkeyTarget }, behind(portkey)));
  }
  return rows;
}
