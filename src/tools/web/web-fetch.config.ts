import { IsArray, IsBoolean, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** `[web_fetch]`: pages that the agent reads. */
@Section('web_fetch', 'The tool web_fetch: the agent reads web pages as plain text. See also [security.url_access].')
export class WebFetchConfig {
  @Key({ doc: 'Offer the tool to the agent.', live: true })
  @IsBoolean()
  enabled = false;

  @Key({
    doc: 'Kept for ZeroClaw files: pages are always read by the gateway itself, never through a service outside.',
    live: true,
  })
  @IsString()
  provider = 'fast_html2md';

  @Key({
    doc: 'Hosts that may be read, with everything below them; *.example.com means only what is below, "*" every public host. What a page makes the agent put into a URL reaches these hosts, so a short list is the safer one.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_domains: string[] = ['*'];

  @Key({ doc: 'Hosts that are not read, also when they are allowed above.', live: true, example: ['example.org'] })
  @IsArray()
  @IsString({ each: true })
  blocked_domains: string[] = [];

  @Key({
    doc: 'Bytes of a page that are read, after decompression; the rest is left out. 0 means the most: 5 million.',
    live: true,
  })
  @IsInt()
  @Min(0)
  max_response_size = 500_000;

  @Key({ doc: 'Seconds a call may take, redirects included.', live: true })
  @IsInt()
  @Min(1)
  @Max(600)
  timeout_secs = 30;

  @Key({ doc: 'User-Agent header.', env: 'ZEROCLAW_WEB_FETCH_USER_AGENT', live: true })
  @IsString()
  user_agent = 'ZeroClaw/1.0';
}
