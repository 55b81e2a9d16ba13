import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { PairingService } from '../../src/pairing/pairing.service';
import { describeInBrowser, startBrowser } from '../support/browser';
import type { ChatUpstream } from '../support/chat-upstream';
import { end, pieces, startChatUpstream } from '../support/chat-upstream';
import type { Dashboard } from '../support/dashboard';
import { openDashboard, pairInBrowser } from '../support/dashboard';
import type { GatewayUnderTest } from '../support/gateway';
import { startGateway } from '../support/gateway';
import type { PlatformServer } from '../support/platform-server';
import { startPlatform } from '../support/platform-server';
import { chunk, sse } from '../support/upstream';
import { delivery, hubSignature, WHATSAPP_TABLE } from '../support/whatsapp';

/** A person finds an empty gateway, sets it to work, and leaves. One test after the other, in one browser. */
describeInBrowser('a first day with the dashboard', () => {
  let upstream: ChatUpstream;
  let platform: PlatformServer;
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let dashboard: Dashboard;
  const goOn: { stream?: ServerResponse } = {};

  beforeAll(async () => {
    upstream = await startChatUpstream((question) => {
      if (question.includes('slowly')) {
        return (stream) => {
          stream.write(pieces('This comes first, '));
          goOn.stream = stream;
        };
      }
      return ['The model says: ', question];
    });
    platform = await startPlatform(() => ({
      status: 400,
      json: { error: { code: 131026, message: 'undeliverable' } },
    }));
    const channel = `[channels_config.whatsapp]\napi_base_url = "${platform.url}"${WHATSAPP_TABLE}\n`;
    const open = '[autonomy]\nnon_cli_excluded_tools = []\n';
    gateway = await startGateway({
      toml: upstream.toml.replace('backend = "none"', 'auto_save = false') + open + channel,
    });
    browser = await startBrowser();
    dashboard = await openDashboard(browser, gateway);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
    await platform.stop();
    await upstream.stop();
  });

  const open = (name: string) =>
    dashboard.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();

  it('pairs, after a wrong code was refused in words', async () => {
    const { page } = dashboard;
    await page.getByLabel('Pairing code').fill('AAAA-AAAA');
    await page.getByRole('button', { name: 'Pair' }).click();
    await page
      .getByText(/code/i)
      .filter({ hasText: /invalid|wrong|not/i })
      .first()
      .waitFor();
    await pairInBrowser(dashboard, (await gateway.get(PairingService).issueCode({ name: 'my desk' })).code);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  it('has loaded less than 250 KB for that', async () => {
    const loaded = await dashboard.page.evaluate<{ encodedBodySize: number }[]>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/_app/')).map((entry) => entry.toJSON())`,
    );
    const bytes = loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(250_000);
  });

  it('chats: the answer is shown while it is still being said, and stays when the page is opened anew', async () => {
    const { page } = dashboard;
    await open('Chat');
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me **slowly**');
    await page.keyboard.press('Enter');
    await page.getByText('This comes first,').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    goOn.stream?.end(pieces('and *this* later.') + end());
    await page.getByText('This comes first, and this later.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    await dashboard.picture('journey-chat');
    await page.reload();
    await page.getByText('This comes first, and this later.').waitFor();
  });

  it('loses nothing of an answer when the page is opened anew in the middle of it', async () => {
    const { page } = dashboard;
    await page.getByRole('textbox', { name: 'Message' }).fill('Again, slowly please');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('This comes first,').nth(1).waitFor();
    await page.reload();
    await page.getByText('This comes first,').nth(1).waitFor();
    goOn.stream?.end(pieces('and the rest.') + end());
    await page.getByText('This comes first, and the rest.').waitFor();
  });

  it('shows what the agent did on the way, folded, and never runs what an answer holds', async () => {
    const { page } = dashboard;
    let asked = false;
    upstream.answer = () => (stream) => {
      if (asked)
        stream.end(pieces('It is **42**. <img src=x onerror="document.title=1"> [x](javascript:alert(1))') + end());
      else {
        const call = { index: 0, id: 'c1', function: { name: 'calculate', arguments: '{"expression":"6*7"}' } };
        stream.end(sse(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]'));
      }
      asked = true;
    };
    await page.getByRole('textbox', { name: 'Message' }).fill('What is 6 times 7?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('It is 42.').waitFor();
    await page.getByRole('button', { name: /calculate/ }).click();
    await page.getByText('"expression": "6*7"').waitFor();
    await page.getByText('<img src=x').waitFor();
    expect(await page.locator('[role=log] img').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'x' }).getAttribute('href')).not.toMatch(/javascript/);
    await dashboard.picture('journey-tools');
  });

  it('asks inside of the conversation before it does something, and goes on with the answer', async () => {
    const { page } = dashboard;
    let asked = false;
    upstream.answer = () => (stream) => {
      if (asked) stream.end(pieces('The file is there.') + end());
      else {
        const call = {
          index: 0,
          id: 'c2',
          function: { name: 'shell', arguments: '{"command":"touch made-by-agent"}' },
        };
        stream.end(sse(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]'));
      }
      asked = true;
    };
    await page.getByRole('textbox', { name: 'Message' }).fill('Make a file');
    await page.getByRole('button', { name: 'Send' }).click();
    const approval = page.getByRole('group', { name: 'Approval of shell' });
    await approval.getByText('"command": "touch made-by-agent"').waitFor();
    await dashboard.picture('journey-approval');
    expect(await approval.getByRole('button', { name: 'Allow' }).isVisible()).toBe(true);
    const file = join(gateway.dir, 'workspace', 'made-by-agent');
    expect(existsSync(file)).toBe(false);
    await approval.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('The file is there.').waitFor();
    expect(existsSync(file)).toBe(true);
    await approval.waitFor({ state: 'detached' });
  });

  it('adds, finds, edits and forgets a memory', async () => {
    const { page } = dashboard;
    await open('Memory');
    await page.getByRole('button', { name: 'Add a memory' }).first().click();
    await page.getByRole('textbox', { name: 'Key' }).fill('coffee');
    await page.getByLabel('What to remember').fill('Black, no sugar');
    await page.getByRole('button', { name: 'Remember' }).click();
    await page.getByText('Black, no sugar').waitFor();
    await page.getByLabel('Search').fill('sugar');
    await page.getByText(/fits \d+ %/).waitFor();
    await page.getByRole('button', { name: 'Edit coffee' }).click();
    await page.getByLabel('What to remember').fill('With milk');
    await page.getByRole('button', { name: 'Remember' }).click();
    await page.getByLabel('Search').fill('');
    await page.getByText('With milk').waitFor();
    await page.getByRole('button', { name: 'Forget coffee' }).click();
    await page.getByRole('button', { name: 'Forget', exact: true }).last().click();
    await page.getByText('Nothing is remembered yet').waitFor();
  });

  it('sets up a job, reads what its expression means, runs it and sees what came out', async () => {
    const { page } = dashboard;
    upstream.answer = () => ['Nothing happened yesterday.'];
    await open('Cron');
    await page.getByRole('button', { name: 'Add a job' }).first().click();
    await page.getByLabel('Name').fill('Morning');
    await page.getByLabel('What the agent is told').fill('Summarise yesterday');
    await page.getByLabel('Cron expression').fill('61 9 * * *');
    await page.getByText('Not an expression yet').waitFor();
    await page.getByLabel('Cron expression').fill('30 9 * * 1-5');
    await page.getByText('At 09:30, Monday through Friday').waitFor();
    await page.getByRole('listitem').nth(4).waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('Nothing happened yesterday.').waitFor();
    await dashboard.picture('journey-cron');
  });

  it('changes the configuration, and does not write over somebody who was faster', async () => {
    const { page } = dashboard;
    const write = async (text: string) => {
      await page.getByRole('textbox', { name: 'Configuration' }).click();
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText(text);
    };
    await open('Configuration');
    await write('\n[cost]\nenabled = "perhaps"\n');
    await page.getByText(/Line \d+: cost.enabled found "perhaps"/).waitFor();
    await dashboard.picture('journey-config-mistake');
    const faster = await gateway.fetch('/api/config', { method: 'PATCH', json: { agent: { max_tool_iterations: 9 } } });
    expect(faster.status).toBe(200);
    await page.getByText('Somebody else has changed the file').waitFor();
    await page.getByRole('button', { name: 'Compare mine with it' }).click();
    await page.getByText('max_tool_iterations').first().waitFor();
    await page.getByRole('button', { name: 'Drop my changes' }).click();
    await write('\n[cost]\nenabled = true\n');
    await page.getByText('In force at once: cost.enabled').waitFor();
    await page.getByRole('button', { name: 'Compare and write' }).click();
    await dashboard.picture('journey-config-diff');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByText('Written and in force').waitFor();
    const { content } = (await (await gateway.fetch('/api/config')).json()) as { content: string };
    expect(content).toContain('max_tool_iterations = 9');
    expect(content).toContain('[cost]\nenabled = true');
    expect(content).not.toContain('app secret');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('cost.enabled').first().waitFor();
  });

  it('finds a dead letter, and sends it again once the platform takes it', async () => {
    const { page } = dashboard;
    const { body } = delivery({ text: { body: 'Are you there?' }, timestamp: String(Math.floor(Date.now() / 1000)) });
    const signature = `sha256=${hubSignature(body, 'app secret')}`;
    const init = { method: 'POST', body: new Uint8Array(body), headers: { 'X-Hub-Signature-256': signature } };
    expect((await fetch(`${gateway.url}/whatsapp`, init)).status).toBe(200);
    await open('Channels');
    await page.getByText('1 dead letter', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Messages of WhatsApp' }).click();
    await page.getByText('Outbox').click();
    await page.getByText('Dead letters').click();
    await page.getByText(/undeliverable/).waitFor();
    platform.next({ json: { messaging_product: 'whatsapp', messages: [{ id: 'wamid.B' }] } });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No dead letters').waitFor();
  });

  it('gives up its own token and is back at the pairing page', async () => {
    const { page } = dashboard;
    await open('Devices');
    await page.getByText('my desk').waitFor();
    await page.getByRole('button', { name: 'Revoke my desk' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Pair this browser' }).waitFor();
  });

  it('has broken the content security policy nowhere, and nothing was thrown', () => {
    expect(dashboard.complaints).toEqual([]);
  });
});
