/** What is sent, and how candidates take turns: A B C, A B C, …, so that drift of the machine meets all of them. */
import { PASS_THROUGH_MODEL } from './gateway.ts';
import type { Options } from './options.ts';
import { ms, perSecond } from './report.ts';
import type { Candidate, Rig, RoundResult, Shape } from './rig.ts';
import { median } from './statistics.ts';
import { chatBody, UPSTREAM_MODEL } from './wire.ts';

export const CONNECTIONS = 32;
export const JSON_END = '}}';
export const PATH = '/v1/chat/completions';

export interface Load {
  name: string;
  endsWith: string;
  body: (model: string) => string;
}

export const chat: Load = { name: 'chat', endsWith: JSON_END, body: (model) => chatBody(model) };
export const history: Load = {
  name: '64 KB history',
  endsWith: JSON_END,
  body: (model) => chatBody(model, { historyBytes: 64 * 1024 }),
};
export const stream: Load = {
  name: 'stream of 64 chunks',
  endsWith: '[DONE]\n\n',
  body: (model) => chatBody(model, { stream: true }),
};

export interface Turn {
  to: Candidate;
  shape: Shape;
}

/** The same question as everybody asks it; the gateway is asked for the model behind it by its full name. */
export function turn(to: Candidate, load: Load): Turn {
  const model = to.name === 'gateway' ? PASS_THROUGH_MODEL : UPSTREAM_MODEL;
  return { to, shape: { path: PATH, body: load.body(model), endsWith: load.endsWith } };
}

export interface Measured extends Turn {
  rounds: RoundResult[];
}

/** One warm-up each, then round by round; the results are in the order of `turns`. */
export async function interleave<T extends Turn[]>(
  rig: Rig,
  options: Options,
  turns: readonly [...T],
  connections: number,
): Promise<{ [K in keyof T]: Measured }> {
  const measured = turns.map(({ to, shape }): Measured => ({ to, shape, rounds: [] }));
  // By number, not by time: the larger a program, the more requests V8 needs to see before its code is as fast as it gets.
  for (const { to, shape } of measured) {
    await rig.run(to, shape, { kind: 'count', connections, ...warmUp(options) });
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { to, shape, rounds } of measured) {
      rounds.push(await rig.run(to, shape, { kind: 'closed', connections, seconds: options.seconds }));
    }
  }
  return measured as { [K in keyof T]: Measured };
}

const warmUp = ({ quick }: Options) => (quick ? { total: 5_000, seconds: 2 } : { total: 20_000, seconds: 6 });

export function of(measured: Measured, key: 'perSecond' | 'p50' | 'p99' | 'firstByteP50' | 'cpuMs'): number[] {
  return measured.rounds.map((result) => result[key]);
}

export function behind(...all: Measured[]): string {
  const one = (measured: Measured): string => {
    const { to } = measured;
    const [rate = 0, p50 = 0, p99 = 0, cpu = 0] = (['perSecond', 'p50', 'p99', 'cpuMs'] as const).map((key) =>
      median(of(measured, key)),
    );
    return `${to.name} ${perSecond(rate)}, p50 ${ms(p50)}, p99 ${ms(p99)}, ${ms(cpu)} CPU each`;
  };
  return all.map(one).join(' · ');
}
