import { monitorEventLoopDelay } from 'node:perf_hooks';
import { HtmlWorkers, UnreadableHtml } from '../../../../src/tools/web/html-workers';
import { PageReader } from '../../../../src/tools/web/page-reader';
import { patient } from '../../../support/models';

const URL = 'https://example.com/';
const text = (html: string) => ({ kind: 'text', html, url: URL }) as const;
/** Markup that the search for an article needs ages for. */
const QUAGMIRE = `<html><body>${'<div><p>a, b, c'.repeat(30_000)}`;

describe('HtmlWorkers', () => {
  let workers: HtmlWorkers;

  beforeEach(() => {
    workers = new HtmlWorkers();
  });
  afterEach(() => workers.onApplicationShutdown());

  it('ends work that takes too long, and goes on with the next', async () => {
    await expect(workers.run({ kind: 'rows', html: QUAGMIRE, row: 'p', fields: ['p'] }, 50, patient())).rejects.toThrow(
      UnreadableHtml,
    );
    expect(await workers.run(text('<p>fine'), 10_000, patient())).toEqual({ title: '', text: 'fine' });
  });

  it('ends work that takes too much memory', async () => {
    const fields = Array.from({ length: 5000 }, () => 'body');
    const html = `<html><body>${`<i>${'x'.repeat(50)}</i>`.repeat(5000)}</body></html>`;
    await expect(workers.run({ kind: 'rows', html, row: 'i, html', fields }, 60_000, patient())).rejects.toThrow(
      UnreadableHtml,
    );
    expect(await workers.run(text('<p>fine'), 10_000, patient())).toMatchObject({ text: 'fine' });
  }, 60_000);

  it('ends with the signal, with its reason', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const work = workers.run(text('<p>x'), 10_000, controller.signal);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it('takes a bounded number of pages at once and lets none wait for ever', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => workers.run(text(`<p>${index}`), 10_000, patient())),
    );
    const read = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.text] : []));
    expect(read).toEqual(Array.from({ length: 34 }, (_, index) => String(index)));
    expect(all.slice(34)).toEqual(
      Array.from({ length: 6 }, () => ({ status: 'rejected', reason: expect.any(UnreadableHtml) as Error })),
    );
  });

  it('leaves the event loop alone while a hostile page is read', async () => {
    await workers.run(text('<p>warm'), 10_000, patient());
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await Promise.allSettled([new PageReader(workers).read(Buffer.from(QUAGMIRE), 'text/html', URL, patient())]);
    delay.disable();
    expect(delay.percentile(50) / 1e6).toBeLessThan(100);
  }, 30_000);

  it('reads a page of megabytes without looking for an article in it', async () => {
    const paragraph = `<p>${'A sentence, and so on. '.repeat(250)}</p>`;
    const html = `<html><body><article>${paragraph.repeat(300)}</article></body></html>`;
    const { text: read } = await new PageReader(workers).read(Buffer.from(html), 'text/html', URL, patient());
    expect(read.match(/A sentence/g)).toHaveLength(75_000);
  });

  it.each([
    ['tags without end', '<div>'.repeat(20_000)],
    ['an attribute without end', `<a ${'x '.repeat(50_000)}>`],
    ['angle brackets', '<'.repeat(100_000)],
    ['tables in tables', '<table><tr><td>'.repeat(5_000)],
    ['open comments', '<!--'.repeat(100_000)],
    ['entities', '&amp;'.repeat(40_000)],
    ['broken nesting', '<b><i></b></i>'.repeat(20_000)],
    ['nothing', ''],
  ])(
    'reads or gives up %s, and lives',
    async (_what, html) => {
      const outcome = await new PageReader(workers).read(Buffer.from(html), 'text/html', URL, patient()).then(
        (page) => typeof page.text,
        (error: unknown) => (error instanceof UnreadableHtml ? 'string' : error),
      );
      expect(outcome).toBe('string');
      expect(await workers.run(text('<p>fine'), 10_000, patient())).toMatchObject({ text: 'fine' });
    },
    30_000,
  );
});
