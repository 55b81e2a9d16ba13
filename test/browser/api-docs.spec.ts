import type { Browser } from 'playwright-core';
import { PairingService } from '../../src/pairing/pairing.service';
import { describeInBrowser, startBrowser } from '../support/browser';
import type { Dashboard } from '../support/dashboard';
import { openDashboard, pairInBrowser } from '../support/dashboard';
import type { GatewayUnderTest } from '../support/gateway';
import { startGateway } from '../support/gateway';
import { runShell } from '../support/shell-docs';

describeInBrowser('the API in the dashboard', () => {
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let dashboard: Dashboard;
  beforeAll(async () => {
    gateway = await startGateway();
    browser = await startBrowser();
    dashboard = await openDashboard(browser, gateway, { viewport: { width: 390, height: 844 } });
    await pairInBrowser(dashboard, (await gateway.get(PairingService).issueCode({})).code);
  }, 60_000);
  afterAll(async () => {
    await dashboard.close();
    await browser.close();
    await gateway.stop();
  });

  it('is where /api/docs leads, finds an endpoint by words and shows a command that works', async () => {
    const { page, barriers, complaints } = dashboard;
    await page.goto(`${gateway.url}/api/docs`);
    await page.getByRole('heading', { level: 1, name: 'API' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/api-docs');
    await page.getByLabel('Find an endpoint').fill('job add');
    const found = page.getByRole('button', { name: '/api/cron' });
    expect(await found.count()).toBe(1);
    await found.click();
    const command = (await page.locator('pre').first().textContent()) ?? '';
    const { stdout } = await runShell(command, { PATH: process.env['PATH'] ?? '', TOKEN: await gateway.pair() });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', job: { name: 'Morning' } });
    await page.getByText('next_run: time | null').waitFor();
    expect(await barriers()).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
    expect(complaints).toEqual([]);
  }, 60_000);
});
