/** A thousand requests a second by the clock, whether or not earlier ones are answered: latency as callers see it. */
import type { Options } from '../options.ts';
import { ms, row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { median, spread } from '../statistics.ts';
import { chat, of, turn } from '../turns.ts';
import type { Measured } from '../turns.ts';

export async function pace(rig: Rig, options: Options): Promise<Row[]> {
  const ours: Measured = { ...turn(rig.gateway, chat), rounds: [] };
  const bare: Measured = { ...turn(rig.bare, chat), rounds: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { to, shape, rounds } of [ours, bare]) {
      rounds.push(await rig.run(to, shape, { kind: 'open', rate: 1000, connections: 64, seconds: options.seconds }));
    }
  }
  const errors = ours.rounds.reduce((sum, result) => sum + result.errors, 0);
  const detail = `gateway p50 ${ms(median(of(ours, 'p50')))} · bare p99 ${ms(median(of(bare, 'p99')))}`;
  return [
    row('p99 at a fixed 1000/s', spread(of(ours, 'p99')), 'ms', { atMost: 3 }, detail),
    row('errors at a fixed 1000/s', errors, '', { atMost: 0 }, ''),
  ];
}
