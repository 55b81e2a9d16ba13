import { parentPort } from 'node:worker_threads';
import { isProbablyReaderable, Readability } from '@mozilla/readability';
import { convert, type FormatCallback } from 'html-to-text';
import { parseHTML } from 'linkedom';
import type { HtmlTask, PageText } from './html-task';

// Runs in a thread of its own, see HtmlWorkers. Loads nothing of the gateway.

/** Beyond it the search for an article takes longer than it is worth. */
const MAX_ARTICLE_ELEMENTS = 20_000;
const SKIPPED = ['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'img', '[hidden]', '[aria-hidden=true]'];
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];

const heading: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline(`${'#'.repeat(Number(element.name?.slice(1) ?? 1))} `);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

parentPort?.on('message', (task: HtmlTask) => parentPort?.postMessage(run(task), []));

function run(task: HtmlTask): PageText | string[][] {
  if (task.kind === 'article') return articleOf(task.html, task.url) ?? textOf(task.html, task.url);
  return task.kind === 'text' ? textOf(task.html, task.url) : rowsOf(task.html, task.row, task.fields);
}

function articleOf(html: string, url: string): PageText | undefined {
  const { document } = parseHTML(html);
  if (document.getElementsByTagName('*').length > MAX_ARTICLE_ELEMENTS || !isProbablyReaderable(document))
    return undefined;
  const article = new Readability(document).parse();
  if (!article?.content) return undefined;
  return { title: article.title ?? '', text: plain(article.content, url) };
}

function textOf(html: string, url: string): PageText {
  const title = /<title[^>]{0,100}>([^<]{0,300})/i.exec(html)?.[1] ?? '';
  return { title: convert(title, { wordwrap: false }), text: plain(html, url) };
}

function plain(html: string, url: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxDepth: 200, maxInputLength: 8_000_000 },
    formatters: { heading },
    selectors: [
      ...SKIPPED.map((selector) => ({ selector, format: 'skip' })),
      ...HEADINGS.map((selector) => ({ selector, format: 'heading' })),
      {
        selector: 'a',
        options: {
          noAnchorUrl: true,
          hideLinkHrefIfSameAsText: true,
          pathRewrite: (path: string) => absolute(path, url),
        },
      },
    ],
  });
}

function absolute(path: string, base: string): string {
  const url = URL.parse(path, base);
  return url && /^https?:$/.test(url.protocol) ? url.href : '';
}

function rowsOf(html: string, row: string, fields: readonly string[]): string[][] {
  const { document } = parseHTML(html);
  return [...document.querySelectorAll(row)].map((element) =>
    fields.map((field) => {
      const [selector = '', attribute] = field.split('@');
      const found = element.querySelector(selector);
      return (attribute ? found?.getAttribute(attribute) : found?.textContent) ?? '';
    }),
  );
}
