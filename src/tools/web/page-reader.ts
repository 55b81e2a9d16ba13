import { Injectable } from '@nestjs/common';
import { decodeText, isBinary, mediaType } from './body-text';
import type { PageText } from './html-task';
import { HtmlWorkers, UnreadableHtml } from './html-workers';

const ARTICLE_LIMIT_MS = 4000;
const TEXT_LIMIT_MS = 5000;
/** A longer page is no article, and looking for one would take more time and memory than there is. */
const MAX_ARTICLE_CHARS = 1_500_000;

/** Makes text out of what a web server sent. */
@Injectable()
export class PageReader {
  constructor(private readonly workers: HtmlWorkers) {}

  /** Rejects with UnreadableHtml for what is no text or cannot be read in reasonable time, else with the signal's reason. */
  async read(body: Buffer, contentType: string | undefined, url: string, signal: AbortSignal): Promise<PageText> {
    const type = mediaType(contentType);
    if (isBinary(body, type)) throw new UnreadableHtml(`it is ${type || 'binary data'}, not text`);
    const text = decodeText(body, contentType);
    if (!isHtml(type, text)) return { title: '', text };
    const asText = () => this.workers.run({ kind: 'text', html: text, url }, TEXT_LIMIT_MS, signal);
    if (text.length > MAX_ARTICLE_CHARS) return asText();
    try {
      return await this.workers.run({ kind: 'article', html: text, url }, ARTICLE_LIMIT_MS, signal);
    } catch (error) {
      if (!(error instanceof UnreadableHtml)) throw error;
      return asText();
    }
  }
}

function isHtml(type: string, text: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)$/.test(type) || (type === '' && text.trimStart().startsWith('<'));
}
