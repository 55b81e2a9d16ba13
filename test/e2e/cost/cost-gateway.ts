import { startGateway } from '../../support/gateway';
import type { GatewayTestOptions, GatewayUnderTest } from '../../support/gateway';

export interface CostGateway extends GatewayUnderTest {
  /** The body of `GET /api/cost`. */
  cost(query?: string): Promise<CostBody>;
  /** One chat completion of `upstream/gpt-test`, passed through. */
  complete(content: string, fields?: object): Promise<Response>;
}

export interface CostBody {
  session_cost_usd: number;
  daily_cost_usd: number;
  monthly_cost_usd: number;
  total_tokens: number;
  request_count: number;
  by_model: Record<string, { model: string; cost_usd: number; total_tokens: number; request_count: number }>;
  enabled: boolean;
  budget: { daily_limit_usd: number; monthly_limit_usd: number; reserved_usd: number; mode: string };
  by_day: { day: string; cost_usd: number; total_tokens: number; request_count: number; estimated_count: number }[];
  by_token: { token_id: string; cost_usd: number; request_count: number }[];
  by_session: { session_id: string; token_id: string; cost_usd: number; request_count: number }[];
}

/** config.toml of a gateway whose models live at `upstreamUrl`; `cost` is the text below `[cost]`. */
export function costToml(upstreamUrl: string, cost: string): string {
  return `
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
webhook_rate_limit_per_minute = 0

[cost]
enabled = true
${cost}
`;
}

export async function startCostGateway(options: GatewayTestOptions): Promise<CostGateway> {
  const gateway = await startGateway(options);
  return {
    ...gateway,
    cost: async (query = '') => {
      const response = await gateway.fetch(`/api/cost${query}`);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return ((await response.json()) as { cost: CostBody }).cost;
    },
    complete: (content, fields = {}) =>
      gateway.fetch('/v1/chat/completions', {
        json: { model: 'upstream/gpt-test', messages: [{ role: 'user', content }], ...fields },
      }),
  };
}
