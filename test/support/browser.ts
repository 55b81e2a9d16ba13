import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { describeWith, pathOf } from './programs';

const CHROMIUM = {
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  package: 'chromium',
};

/** A suite in the system's Chromium. */
export function describeInBrowser(name: string, suite: () => void): void {
  describeWith(CHROMIUM, name, suite);
}

/** The system's Chromium. Throws with the remedy when there is none. */
export async function startBrowser(): Promise<Browser> {
  // Nobody can start the sandbox in a container; the pages are our own.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: pathOf(CHROMIUM), args });
}
