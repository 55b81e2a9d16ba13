import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A suite that needs a browser. Without one it is left out and one visible line says so; with CI=true it fails instead.
 */
export function describeInBrowser(name: string, suite: () => void): void {
  if (process.env['CI'] === 'true' || findBrowser() !== undefined) {
    describe(name, suite);
    return;
  }
  process.stderr.write(`Chromium: none is installed, left out: ${name}\n`);
  it(`${name}: left out, there is no Chromium`, () => expect(findBrowser()).toBeUndefined());
}

/** The system's Chromium. Throws with the remedy when there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('There is no Chromium: apt-get install chromium');
  // Nobody can start the sandbox in a container; the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

function findBrowser(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
