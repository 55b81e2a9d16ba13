import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../../support/browser';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';

interface Seen {
  protocol: string;
  frames: { type: string; [field: string]: unknown }[];
  code: number | undefined;
}

/** Runs in the page: opens a socket, says something, and tells what it saw until the answer was done or the socket was closed. */
function talk({ url, protocols, message }: { url: string; protocols: string[]; message: string }): Promise<Seen> {
  return new Promise((resolve) => {
    const seen: Seen = { protocol: '', frames: [], code: undefined };
    const socket = new WebSocket(url, protocols);
    socket.addEventListener('open', () => {
      seen.protocol = socket.protocol;
      socket.send(JSON.stringify({ type: 'message', content: message }));
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Seen['frames'][number];
      seen.frames.push(frame);
      if (frame.type === 'done' || frame.type === 'error') socket.close(1000);
    });
    socket.addEventListener('close', ({ code }) => resolve({ ...seen, code }));
  });
}

describeInBrowser('the WebSocket of a real browser', () => {
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let page: Page;
  let token: string;
  beforeAll(async () => {
    gateway = await startGateway();
    token = await gateway.pair();
    browser = await startBrowser();
    page = await browser.newPage();
    await page.goto(`${gateway.url}/health`);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  const url = () => `${gateway.url.replace('http', 'ws')}/ws/chat?session_id=browser`;

  it.each<[string, () => string[], () => string]>([
    ['our sub-protocol and the token', () => ['zeroclaw.v1', `bearer.${token}`], () => 'zeroclaw.v1'],
    ['the token alone', () => [`bearer.${token}`], () => `bearer.${token}`],
  ])('is accepted when it offers %s, and sees the answer as it comes', async (_what, protocols, chosen) => {
    const seen = await page.evaluate(talk, { url: url(), protocols: protocols(), message: 'Hello from the page' });
    expect(seen).toMatchObject({ protocol: chosen(), code: 1000 });
    expect(seen.frames[0]).toMatchObject({ type: 'history', session_id: 'browser' });
    const text = seen.frames.filter(({ type }) => type === 'chunk').map(({ content }) => String(content));
    expect(text.join('')).toContain('Hello from the page');
    expect(seen.frames.at(-1)).toMatchObject({ type: 'done', full_response: text.join('') });
  });

  it('takes the token from the query without any sub-protocol', async () => {
    const seen = await page.evaluate(talk, { url: `${url()}&token=${token}`, protocols: [], message: 'hi' });
    expect(seen).toMatchObject({ protocol: '', code: 1000 });
  });

  it('is refused without a token, and on foreign pages with one', async () => {
    const without = await page.evaluate(talk, { url: url(), protocols: ['zeroclaw.v1'], message: 'hi' });
    expect(without).toEqual({ protocol: '', frames: [], code: 1006 });
    const foreign = await browser.newPage();
    await foreign.goto('data:text/html,<p>a page of somebody else</p>');
    const protocols = ['zeroclaw.v1', `bearer.${token}`];
    expect(await foreign.evaluate(talk, { url: url(), protocols, message: 'hi' })).toMatchObject({ code: 1006 });
  });
});
