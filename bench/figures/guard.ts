/** What the leak guard adds to an answer: pure computing, measured in this process with the built code. */
import { createRequire } from 'node:module';
import { row } from '../report.ts';
import type { Row } from '../report.ts';

const { redactLeaks } = createRequire(import.meta.url)('../../dist/platform/leak-guard/leak-patterns.js') as {
  redactLeaks(text: string, sensitivity: number): string;
};

const PROSE = [
  'The agent looked at the files and found three things worth telling.',
  'None of them is urgent, said the report of last week;',
  'const total = items.reduce((sum, { price }) => sum + price, 0);',
  'Zwei davon betreffen die Rechnungen, 数学は楽しいです,',
];
const SUSPECT = [
  'See https://docs.example.com/guides/how-to-configure-2024?lang=en#top.',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8, id 123e4567-e89b-12d3-a456-426614174000',
  'api_key: see the vault; password = ask the operator, token="<yours>"',
  'Authorization: Bearer 7f3a9c1e5b2d8f60a4c7e1b39d5f2a867f3a9c1e',
];
const TEXTS = 2_000;

export function guard(): Promise<Row[]> {
  return Promise.resolve([
    measured('leak guard, 1 KB of prose and code', PROSE),
    measured('leak guard, 1 KB full of links, hashes and names of secrets', SUSPECT),
  ]);
}

/** Over different texts; of each the best of five, so that it is the text that counts and not what else the machine does. */
function measured(figure: string, sentences: readonly string[]): Row {
  const texts = Array.from({ length: TEXTS }, (_, seed) => kilobyte(sentences, seed));
  for (const text of texts) redactLeaks(text, 0.7);
  const times = texts
    .map((text) => Math.min(...Array.from({ length: 5 }, () => microseconds(text))))
    .sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(TEXTS * share)] ?? 0;
  return row(`${figure}, p99`, at(0.99), 'µs', undefined, `p50 ${at(0.5).toFixed(1)} µs over ${TEXTS} texts`);
}

function microseconds(text: string): number {
  const started = process.hrtime.bigint();
  redactLeaks(text, 0.7);
  return Number(process.hrtime.bigint() - started) / 1_000;
}

function kilobyte(sentences: readonly string[], seed: number): string {
  let text = '';
  for (let state = seed + 1; text.length < 1024;) {
    state = (state * 48_271) % 2_147_483_647;
    text += `${sentences[state % sentences.length] ?? ''} ${state % 1_000} `;
  }
  return text.slice(0, 1024);
}
