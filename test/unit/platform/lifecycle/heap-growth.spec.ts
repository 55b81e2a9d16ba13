import { spawnSync } from 'node:child_process';

/** The most memory that a process with much coming and going takes, as a multiple of what lives in it. */
function peak(setUp: string): number {
  const program = `
    ${setUp}
    const live = Array.from({ length: 400_000 }, (_, i) => ({ i, text: 'text ' + i }));
    // Each lives long enough to be taken for long-lived.
    const passing = new Array(20_000);
    gc();
    const living = process.memoryUsage().heapUsed;
    let most = 0;
    for (let i = 0; i < 4_000_000; i++) {
      passing[i % passing.length] = { i, list: [i, i + 1, i + 2] };
      if (i % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    console.log(live.length > 0 && most / living);
  `;
  const args = ['--no-warnings', '--expose-gc', '--max-semi-space-size=1', '-e', program];
  return Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
}

test('a heap with much coming and going stays much closer to what lives in it than V8 keeps it', () => {
  const bound = peak("require('./src/platform/lifecycle/heap-growth.ts').boundHeapGrowth();");
  expect(bound).toBeGreaterThan(1);
  expect(peak('')).toBeGreaterThan(1.4 * bound);
});
