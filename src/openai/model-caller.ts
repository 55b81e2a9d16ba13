import type { GatewayRequest } from '../platform/http/principal';
import type { Caller } from '../providers/models.service';

/** For whom a chat completion that is not the agent's is made. */
export function callerOf({ principal }: GatewayRequest): Caller {
  return { owner: principal?.id ?? 'local', door: 'openai' };
}
