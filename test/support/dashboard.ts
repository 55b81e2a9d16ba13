import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { GatewayUnderTest } from './gateway';

/** Pictures of the pages, kept by CI. */
const PICTURES = join(__dirname, '..', '..', 'coverage', 'pages');

/** The dashboard in a browser of its own, and what went wrong in it. */
export interface Dashboard {
  page: Page;
  /** Violations of the content security policy, exceptions, and errors of the console. */
  complaints: string[];
  /** Keeps a picture of what is shown. */
  picture(name: string): Promise<void>;
  /** What axe-core finds serious or critical in what is shown, one line each. */
  barriers(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens the dashboard of a gateway as a new user finds it. */
export async function openDashboard(
  browser: Browser,
  gateway: Pick<GatewayUnderTest, 'url'>,
  options: BrowserContextOptions = {},
): Promise<Dashboard> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // What the gateway refuses is shown to the person and repeated by the browser here.
    const isRefusal = message.text().startsWith('Failed to load resource') || message.text().includes('WebSocket');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== gateway.url && protocol !== 'data:') complaints.push(`a request to ${origin}`);
  });
  await page.goto(gateway.url);
  return {
    page,
    complaints,
    picture: async (name) => {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    },
    barriers: async () => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeReport>('axe.run()');
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
    },
    close: () => context.close(),
  };
}

interface AxeReport {
  violations: { id: string; impact: string; help: string; nodes: { target: string[] }[] }[];
}

/** Trades a code of the gateway for a token, as a person does. */
export async function pairInBrowser({ page }: Dashboard, code: string): Promise<void> {
  await page.getByLabel('Pairing code').fill(code);
  await page.getByRole('button', { name: 'Pair' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' });
}
