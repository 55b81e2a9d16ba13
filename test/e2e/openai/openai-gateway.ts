import OpenAI from 'openai';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';

export interface OpenAiGateway extends GatewayUnderTest {
  /** The official client, paired; it does not retry on its own. */
  client: OpenAI;
  token: string;
}

/** A gateway whose default model is `upstream/gpt-test`, and an OpenAI client that is paired with it. */
export async function startOpenAiGateway(
  upstreamUrl: string,
  gatewayToml = 'webhook_rate_limit_per_minute = 0',
): Promise<OpenAiGateway> {
  const gateway = await startGateway({
    toml: `
default_provider = "upstream"
default_model = "gpt-test"

[model_providers.upstream]
base_url = "${upstreamUrl}/v1"
api_key = "sk-upstream-secret"

[reliability]
provider_retries = 0
provider_idle_timeout_secs = 1
circuit_failure_threshold = 0

[gateway]
${gatewayToml}
`,
  });
  const token = await gateway.pair();
  const client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  return { ...gateway, client, token };
}

/** Reads a stream to its end. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
