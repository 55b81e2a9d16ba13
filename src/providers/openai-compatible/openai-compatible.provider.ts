import type { EgressAnswer } from '../../platform/egress/exchange';
import { readAnswer } from '../answer-stream';
import type { ModelHost } from '../model-host';
import type { ChatRequest, HostProof, ModelEvent, ModelProvider, RawChatRequest } from '../provider';
import { ProviderError } from '../provider-error';
import { UpstreamFault } from '../upstream-fault';
import { ChatDecoder } from './chat-decoder';
import { toChatCompletion, type Dialect } from './chat-request';

const REMEMBERED_MODELS = 500;

/**
 * Every host that speaks OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat).
 * Learns from a host's 400 which optional field it does not take, leaves that field out from then on and asks again.
 */
export class OpenAiCompatibleProvider implements ModelProvider {
  readonly capabilities = { tools: true, vision: true, json: true };
  private readonly dialects = new Map<string, Dialect>();

  constructor(
    readonly id: string,
    private readonly host: ModelHost,
    private readonly usual: Dialect,
    /** Where the host tells what it takes only with a good key; undefined when there is no such place. */
    private readonly checkPath?: string,
  ) {}

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const response = await this.ask(request, signal);
    yield* readAnswer(this.host, response, new ChatDecoder(this.id, this.host.secrets), signal);
  }

  forward(request: RawChatRequest, signal: AbortSignal): Promise<EgressAnswer> {
    return this.host.post(request.body, request.stream, signal);
  }

  check(signal: AbortSignal): Promise<HostProof> {
    if (this.checkPath !== undefined) return this.host.check(this.checkPath, signal);
    return Promise.reject(new ProviderError('not_found', this.id, `${this.id} lists its models to everybody`));
  }

  private async ask(request: ChatRequest, signal: AbortSignal): Promise<EgressAnswer> {
    for (;;) {
      const dialect = this.dialects.get(request.model) ?? this.usual;
      try {
        return await this.host.post(toChatCompletion(request, dialect), request.whole !== true, signal);
      } catch (error) {
        const learnt = learn(dialect, request, error);
        if (!learnt) throw error;
        if (this.dialects.size >= REMEMBERED_MODELS) this.dialects.clear();
        this.dialects.set(request.model, learnt);
      }
    }
  }
}

/** The dialect without the field that a 400 names, or undefined when it names none that can go. Every step takes something away, so it ends. */
function learn(dialect: Dialect, request: ChatRequest, error: unknown): Dialect | undefined {
  if (!(error instanceof ProviderError) || error.kind !== 'invalid_request') return undefined;
  const { cause: fault } = error;
  if (!(fault instanceof UpstreamFault)) return undefined;
  const field = fault.param;
  if (dialect.streamOptions && (field?.startsWith('stream_options') || /\bstream_options\b/.test(fault.message))) {
    return { ...dialect, streamOptions: false };
  }
  if (!fault.code?.startsWith('unsupported')) return undefined;
  if (field === 'max_tokens' && dialect.maxTokensField === 'max_tokens') {
    return { ...dialect, maxTokensField: 'max_completion_tokens' };
  }
  if (field === 'temperature' && dialect.temperature && request.temperature !== undefined) {
    return { ...dialect, temperature: false };
  }
  return undefined;
}
