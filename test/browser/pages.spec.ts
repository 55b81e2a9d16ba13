import type { Browser } from 'playwright-core';
import { PairingService } from '../../src/pairing/pairing.service';
import { describeInBrowser, startBrowser } from '../support/browser';
import { openDashboard, pairInBrowser } from '../support/dashboard';
import type { GatewayUnderTest } from '../support/gateway';
import { startGateway } from '../support/gateway';

const TOML = `[cost]
enabled = true
[channels_config.telegram]
bot_token = "1:abc"
`;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

describeInBrowser('the pages of the dashboard', () => {
  let gateway: GatewayUnderTest;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startGateway({ toml: TOML });
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  describe.each([
    ['a desk, light', DESK, 'light'],
    ['a desk, dark', DESK, 'dark'],
    ['a phone, light', PHONE, 'light'],
    ['a phone, dark', PHONE, 'dark'],
  ] as const)('on %s', (_where, viewport, colorScheme) => {
    const pictureOf = (name: string) => `${name}-${viewport.width}-${colorScheme}`;

    it('every page can be used by everybody, fits, keeps the content security policy and asks nobody else', async () => {
      const dashboard = await openDashboard(browser, gateway, { viewport, colorScheme, reducedMotion: 'reduce' });
      const { page, complaints, picture, barriers } = dashboard;
      await page.getByLabel('Pairing code').waitFor();
      await picture(pictureOf('pair'));
      expect(await barriers()).toEqual([]);

      const { code } = await gateway.get(PairingService).issueCode({});
      await pairInBrowser(dashboard, code);
      const links = page.getByRole('navigation', { name: 'Pages' }).locator('a');
      const paths = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
      expect(paths.length).toBeGreaterThan(10);
      for (const path of paths) {
        await page.goto(gateway.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
        await picture(pictureOf(path.split('/')[1] ?? ''));
        expect({ path, barriers: await barriers() }).toEqual({ path, barriers: [] });
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect({ path, width }).toEqual({ path, width: viewport.width });
      }
      expect(complaints).toEqual([]);
      await dashboard.close();
    }, 120_000);
  });
});
