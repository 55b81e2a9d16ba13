import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { GuardedEgress } from '../../platform/egress/guarded-egress';
import type { GuardedAnswer } from '../../platform/egress/guarded-request';
import { RegisterTool } from '../register-tool';
import type { Tool, ToolContext, ToolResult } from '../tool';
import { explainFailure } from './explain-failure';
import { UnreadableHtml } from './html-workers';
import { oneLine, outsideText } from './outside-text';
import { PageReader } from './page-reader';
import { WebFetchConfig } from './web-fetch.config';

const MOST_BYTES = 5_000_000;
const PART_CHARS = 40_000;
const MOST_REDIRECTS = 5;
/** Names that ZeroClaw has for reading pages itself. */
const OWN_READERS = ['fast_html2md', 'nanohtml2text'];

/** Lets the model read a web page as text. It sends nothing but the URL, and goes only where the URL policy lets it. */
@RegisterTool()
@Injectable()
export class WebFetchTool implements Tool, OnApplicationBootstrap {
  readonly name = 'web_fetch';
  readonly description =
    `Reads a web page or text file from a public http(s) URL and returns its readable text, ${PART_CHARS} characters at a time. ` +
    'Follows redirects. No JavaScript, cookies, logins, PDFs or pictures; internal addresses are refused.';
  readonly risk = 'low';
  readonly acts = true;
  readonly parameters = {
    type: 'object',
    properties: {
      url: { type: 'string', minLength: 1, maxLength: 8192, description: 'Complete URL with http:// or https://.' },
      offset: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'Characters to skip, to read on where a long page was cut.',
      },
    },
    required: ['url'],
    additionalProperties: false,
  };

  private readonly logger = new Logger(WebFetchTool.name);

  constructor(
    private readonly config: ConfigService,
    private readonly egress: GuardedEgress,
    private readonly reader: PageReader,
  ) {}

  onApplicationBootstrap(): void {
    const { enabled, provider } = this.config.get(WebFetchConfig);
    if (!enabled || OWN_READERS.includes(provider)) return;
    this.logger.warn(`[web_fetch] provider "${provider}" is not used: pages are read by the gateway itself`);
  }

  off(): string | undefined {
    return this.config.get(WebFetchConfig).enabled ? undefined : '[web_fetch] enabled is false';
  }

  async execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    const url = String(args['url'] ?? '').trim();
    const offset = Number.isInteger(args['offset']) ? Math.max(0, Number(args['offset'])) : 0;
    try {
      return await this.page(await this.fetch(url, signal), offset, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof UnreadableHtml)) return { success: false, output: explainFailure(url, error) };
      return { success: false, output: `${url} cannot be read: ${error.message}. Try another source.` };
    }
  }

  private fetch(url: string, signal: AbortSignal): Promise<GuardedAnswer> {
    const config = this.config.get(WebFetchConfig);
    return this.egress.request({
      purpose: 'web_fetch',
      url,
      method: 'GET',
      headers: {
        accept: 'text/html, application/xhtml+xml, text/plain;q=0.9, application/json;q=0.8, */*;q=0.1',
        'user-agent': config.user_agent,
      },
      signal,
      timeout: config.timeout_secs * 1000,
      maxBytes: Math.min(config.max_response_size || MOST_BYTES, MOST_BYTES),
      maxRedirects: MOST_REDIRECTS,
      hosts: { allowed: config.allowed_domains, blocked: config.blocked_domains },
    });
  }

  private async page(
    { url, status, headers, body, cut }: GuardedAnswer,
    offset: number,
    signal: AbortSignal,
  ): Promise<ToolResult> {
    const { title, text } = await this.reader.read(body, headers['content-type'], url.href, signal);
    if (status >= 400) {
      const excerpt = outsideText(url.host, oneLine(text, 300));
      return { success: false, output: `${url.href} answered with status ${status}. Check the URL.\n${excerpt}` };
    }
    const part = text.slice(offset, offset + PART_CHARS);
    const end = offset + part.length;
    const notes = [
      end < text.length ? `[${text.length - end} more characters: call again with offset ${end}]` : '',
      end >= text.length && cut ? '[the page is longer than the gateway reads]' : '',
      text.trim() === '' ? '[the page has no text; it may need JavaScript]' : '',
    ];
    const heading = [oneLine(title, 300), `URL: ${url.href}`].filter(Boolean).join('\n');
    return {
      success: true,
      output: [outsideText(url.host, `${heading}\n\n${part}`), ...notes.filter(Boolean)].join('\n'),
    };
  }
}
