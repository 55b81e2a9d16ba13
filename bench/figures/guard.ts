/** What the leak guard adds to an answer: pure computing, measured in this process with the built code. */
import { createRequire } from 'node:module';
import { row } from '../report.ts';
import type { Row } from '../report.ts';

const { redactLeaks } = createRequire(import.meta.url)('../../dist/platform/leak-guard/leak-patterns.js') as {
  redactLeaks(text: string, sensitivity: number): string;
};

const PROSE = 'The agent looked at the files and found three things worth telling, none of them urgent. ';
const SUSPECT =
  'See https://docs.example.com/guides/how-to-configure-2024?lang=en, set api_key: see the vault, commit 9fceb02d0ae598e95dc970b74767f19372d61af8. ';
const SAMPLES = 20_000;

export function guard(): Promise<Row[]> {
  return Promise.resolve([
    measured('leak guard, 1 KB of prose', kilobyte(PROSE)),
    measured('leak guard, 1 KB full of links, names and hashes', kilobyte(SUSPECT)),
  ]);
}

function measured(figure: string, text: string): Row {
  for (let i = 0; i < 2_000; i += 1) redactLeaks(text, 0.7);
  const times = Array.from({ length: SAMPLES }, () => {
    const started = process.hrtime.bigint();
    redactLeaks(text, 0.7);
    return Number(process.hrtime.bigint() - started) / 1_000;
  }).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(SAMPLES * share)] ?? 0;
  return row(`${figure}, p99`, at(0.99), 'µs', undefined, `p50 ${at(0.5).toFixed(1)} µs, ${SAMPLES} times`);
}

function kilobyte(text: string): string {
  return text.repeat(Math.ceil(1024 / text.length)).slice(0, 1024);
}
