/**
 * npm run bench: how much the gateway costs compared with the least a proxy can do, in one run on one machine.
 * Absolute figures differ from machine to machine; the ratios are what docs/performance.md holds. It prints, it never fails on a figure.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { built } from './gateway.ts';
import { agent } from './figures/agent.ts';
import { boot } from './figures/boot.ts';
import { crowd } from './figures/crowd.ts';
import { guard } from './figures/guard.ts';
import { latency } from './figures/latency.ts';
import { memory } from './figures/memory.ts';
import { pace } from './figures/pace.ts';
import { proxies } from './figures/proxies.ts';
import { sockets } from './figures/sockets.ts';
import { throughput } from './figures/throughput.ts';
import { GROUPS, readOptions, USAGE } from './options.ts';
import type { Group, Options } from './options.ts';
import { cores, residentMb, stopAll } from './processes.ts';
import { row, table } from './report.ts';
import type { Row } from './report.ts';
import { Rig } from './rig.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const figures: Record<Group, (rig: Rig, options: Options) => Promise<Row[]>> = {
  throughput,
  agent,
  latency,
  pace,
  boot,
  memory,
  guard,
  sockets,
  crowd,
  proxies,
};

async function measure(options: Options): Promise<void> {
  const rig = await Rig.start(options.portkey, say);
  await sleep(2_000);
  const rows: Row[] = [
    row('RSS idle', residentMb(rig.gateway.child), 'MB', { atMost: 130 }, 'two seconds after pairing'),
  ];
  for (const group of GROUPS) {
    if (!options.only.has(group)) continue;
    say(`measuring ${group} …`);
    rows.push(...(await figures[group](rig, options)));
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    pinned: cores ?? null,
    seconds: options.seconds,
    rounds: options.rounds,
  };
  if (options.json) {
    print(JSON.stringify({ ...machine, rows, notes: [...rig.notes] }, null, 2));
    return;
  }
  const where = cores
    ? `load generator and stub upstream on core ${cores.load}, the measured process on core ${cores.proxy}`
    : 'not pinned: with one core or without taskset the figures are rough';
  print(
    `\nNode ${machine.node}, ${machine.cpu}; ${where}; ${options.rounds} rounds of ${options.seconds} s by turns\n`,
  );
  print(table(rows));
  for (const note of rig.notes) print(`note: ${note}`);
}

const options = readOptions(process.argv.slice(2));
if (!options) print(USAGE);
else if (!built()) throw new Error('dist/main.js is missing: npm run build');
else await measure(options).finally(stopAll);
