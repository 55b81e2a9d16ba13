import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { GuardedEgress } from '../../platform/egress/guarded-egress';
import type { GuardedRequest, HttpMethod } from '../../platform/egress/guarded-request';
import { RegisterTool } from '../register-tool';
import type { Assessment, Tool, ToolContext, ToolResult } from '../tool';
import { type Credential, findCredential } from './credentials';
import { explainFailure } from './explain-failure';
import { describeAnswer } from './http-answer';
import { HttpRequestConfig } from './http-request.config';
import { outsideText } from './outside-text';
import { checkHeaders } from './request-headers';

const METHODS: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const MOST_BYTES = 10_000_000;
const MOST_BODY_CHARS = 1_000_000;

/** Lets the model call an API on a host that the operator allows. Credentials are put in here: they never pass through the model. */
@RegisterTool()
@Injectable()
export class HttpRequestTool implements Tool {
  readonly name = 'http_request';
  readonly description =
    'Calls an HTTP API on a host that the operator allows and returns status, headers and body (text only, the beginning of a long one). ' +
    'Redirects are shown, not followed. Internal addresses are refused.';
  readonly risk = 'medium';
  readonly acts = true;
  readonly parameters = {
    type: 'object',
    properties: {
      url: { type: 'string', minLength: 1, maxLength: 8192, description: 'Complete URL with http:// or https://.' },
      method: { type: 'string', enum: METHODS, default: 'GET' },
      headers: { type: 'object', additionalProperties: { type: 'string' }, description: 'Header names and values.' },
      body: { type: 'string', maxLength: MOST_BODY_CHARS, description: 'Body as text, for example JSON.' },
      credential_profile: {
        type: 'string',
        maxLength: 64,
        description: 'Name of a credential of the operator to send along; its value stays secret.',
      },
    },
    required: ['url'],
    additionalProperties: false,
  };

  constructor(
    private readonly config: ConfigService,
    private readonly egress: GuardedEgress,
  ) {}

  off(): string | undefined {
    return this.config.get(HttpRequestConfig).enabled ? undefined : '[http_request] enabled is false';
  }

  /** Reading what anybody may read is of low risk, deleting of high, and everything else is in between. */
  async assess(args: Record<string, unknown>): Promise<Assessment> {
    const method = methodOf(args['method']);
    if (method === 'DELETE') return { risk: 'high' };
    const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
    return { risk: reads && args['credential_profile'] === undefined ? 'low' : 'medium' };
  }

  async execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    const config = this.config.get(HttpRequestConfig);
    const method = methodOf(args['method']);
    if (!method) return failed(`the method must be one of ${METHODS.join(', ')}`);
    const checked = checkHeaders(args['headers']);
    if (!checked.ok) return failed(checked.reason);
    const url = String(args['url'] ?? '').trim();
    const profile = args['credential_profile'];
    const found =
      typeof profile === 'string' ? findCredential(profile, url, config, this.config.environment) : undefined;
    if (found && !found.ok) return failed(found.reason);
    const request = {
      purpose: 'http_request',
      url,
      method,
      headers: { 'user-agent': config.user_agent, ...checked.headers, ...found?.credential.header },
      ...(typeof args['body'] === 'string' && args['body'] !== '' && { body: args['body'] }),
      signal,
      timeout: config.timeout_secs * 1000,
      maxBytes: Math.min(config.max_response_size || MOST_BYTES, MOST_BYTES),
      maxRedirects: 0,
      hosts: { allowed: config.allowed_domains },
    };
    return this.call(request, found?.credential);
  }

  private async call(request: GuardedRequest, credential: Credential | undefined): Promise<ToolResult> {
    const redact = (text: string) => credential?.redact(text) ?? text;
    try {
      const answer = await this.egress.request(request);
      const output = redact(outsideText(answer.url.host, describeAnswer(answer)));
      return { success: answer.status < 400, output };
    } catch (error) {
      if (request.signal.aborted) throw error;
      return failed(redact(explainFailure(request.url, error)));
    }
  }
}

function methodOf(value: unknown): HttpMethod | undefined {
  const name = value === undefined ? 'GET' : String(value).toUpperCase();
  return METHODS.find((method) => method === name);
}

function failed(output: string): ToolResult {
  return { success: false, output };
}
