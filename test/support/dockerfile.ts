import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export interface Instruction {
  name: string;
  rest: string;
}

/** The instructions of the Dockerfile, stage by stage, with continued lines joined. */
export function readStages(): Instruction[][] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  const stages: Instruction[][] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, rest });
  }
  return stages;
}

/** The variables that `ENV` sets. */
export function readEnv(stage: readonly Instruction[]): Record<string, string> {
  const pairs = stage.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}

/** An instruction in exec form, such as `CMD ["a", "b"]`; undefined when it is missing or a shell would run it. */
export function readExec(stage: readonly Instruction[], name: string): string[] | undefined {
  const rest = stage.findLast((one) => one.name === name)?.rest;
  const list = rest === undefined ? undefined : /\[.*\]$/.exec(rest)?.[0];
  return list === undefined ? undefined : (JSON.parse(list) as string[]);
}
