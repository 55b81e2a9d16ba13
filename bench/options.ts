import { parseArgs } from 'node:util';

export const GROUPS = [
  'throughput',
  'agent',
  'latency',
  'pace',
  'boot',
  'memory',
  'guard',
  'sockets',
  'crowd',
  'proxies',
] as const;
export type Group = (typeof GROUPS)[number];

export interface Options {
  only: ReadonlySet<Group>;
  /** Length of one round. */
  seconds: number;
  rounds: number;
  json: boolean;
  quick: boolean;
  portkey: boolean;
}

export const USAGE = `npm run bench -- [options]

  --quick             shorter rounds: done in a minute, wider spread
  --only <groups>     some of: ${GROUPS.join(', ')} (comma-separated)
  --seconds <n>       length of one round
  --rounds <n>        how often each candidate takes its turn
  --no-portkey        leave @portkey-ai/gateway out
  --json              print the rows as JSON instead of a table`;

/** Undefined when help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: GROUPS.join(',') },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      portkey: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const only = values.only.split(',').map((name) => {
    const group = GROUPS.find((known) => known === name.trim());
    if (!group) throw new Error(`--only does not know "${name}"; it takes ${GROUPS.join(', ')}`);
    return group;
  });
  return {
    only: new Set(only),
    seconds: positive('seconds', values.seconds, values.quick ? 0.7 : 3),
    rounds: positive('rounds', values.rounds, values.quick ? 2 : 3),
    json: values.json,
    quick: values.quick,
    portkey: values.portkey,
  };
}

function positive(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
  return value;
}
