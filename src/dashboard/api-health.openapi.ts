import type { ApiOf } from '../platform/api-doc/documented';
import { object } from '../platform/api-doc/schema';
import { runtimeHealth } from '../platform/health/health.schema';
import type { ApiHealthController } from './api-health.controller';

export const api: ApiOf<ApiHealthController> = {
  show: { summary: 'How the parts of the gateway do', answer: object({ health: runtimeHealth }) },
};
