import type { ApiOf } from '../platform/api-doc/documented';
import { flag, integer, list, mapOf, number, object, text } from '../platform/api-doc/schema';
import type { CostController } from './cost.controller';

const line = { cost_usd: number, total_tokens: integer, request_count: integer, estimated_count: integer };

export const api: ApiOf<CostController> = {
  show: {
    summary: 'What the model calls have cost',
    description:
      'US dollars. `session` means since this process began, `daily` and `monthly` count in UTC. The lists are about the days from `from` to `to`.',
    parameters: {
      from: { description: 'The first day. Default: 29 days before the last one.', example: '2026-01-01' },
      to: { description: 'The last day. Default: today.', example: '2026-01-31' },
    },
    answer: object({
      cost: object({
        session_cost_usd: number,
        daily_cost_usd: number,
        monthly_cost_usd: number,
        total_tokens: integer,
        request_count: integer,
        by_model: mapOf(object({ model: text, cost_usd: number, total_tokens: integer, request_count: integer })),
        enabled: flag,
        budget: object({ daily_limit_usd: number, monthly_limit_usd: number, reserved_usd: number, mode: text }),
        from: text,
        to: text,
        by_day: list(object({ day: text, ...line })),
        by_token: list(object({ token_id: text, ...line })),
        by_session: list(object({ session_id: text, token_id: text, ...line })),
      }),
    }),
  },
};
