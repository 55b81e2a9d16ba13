import { readAnswer } from '../answer-stream';
import type { ModelHost } from '../model-host';
import type { ChatRequest, HostProof, ModelEvent, ModelProvider } from '../provider';
import { MessageDecoder } from './message-decoder';
import { toMessageRequest } from './message-request';

/** The protocol demands a limit; this one fits every current model. */
const DEFAULT_MAX_TOKENS = 8192;
const SUBSCRIPTION_TOKEN = 'sk-ant-oat01-';

/** Hosts that speak Anthropic's Messages protocol (https://docs.anthropic.com/en/api/messages). */
export class AnthropicProvider implements ModelProvider {
  readonly capabilities = { tools: true, vision: true, json: true };

  constructor(
    readonly id: string,
    private readonly host: ModelHost,
    private readonly checkPath: string,
  ) {}

  check(signal: AbortSignal): Promise<HostProof> {
    return this.host.check(this.checkPath, signal);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const body = toMessageRequest(request, this.id, DEFAULT_MAX_TOKENS);
    const response = await this.host.post(JSON.stringify(body), request.whole !== true, signal);
    yield* readAnswer(this.host, response, new MessageDecoder(this.id, this.host.secrets), signal);
  }
}

/** The headers that a key stands in: subscription tokens are bearer tokens, API keys have a header of their own. */
export function anthropicCredentials(key: string): Record<string, string> {
  return key.startsWith(SUBSCRIPTION_TOKEN)
    ? { authorization: `Bearer ${key}`, 'anthropic-beta': 'oauth-2025-04-20' }
    : { 'x-api-key': key };
}
