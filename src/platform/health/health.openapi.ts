import type { ApiOf } from '../api-doc/documented';
import { flag, list, named, object, oneOf, text } from '../api-doc/schema';
import type { HealthController } from './health.controller';
import { componentHealth, runtimeHealth } from './health.schema';

const readiness = named(
  'Readiness',
  object({ status: oneOf('ok', 'unavailable'), state: text, components: componentHealth }),
);

export const api: ApiOf<HealthController> = {
  summary: {
    summary: 'How it goes, for people',
    answer: object({
      status: oneOf('ok'),
      paired: flag,
      require_pairing: flag,
      warnings: list(text),
      runtime: runtimeHealth,
    }),
  },
  live: { summary: 'Liveness probe', answer: object({ status: oneOf('ok') }) },
  ready: {
    summary: 'Readiness probe',
    description: '200 when new work is welcome; 503 while starting, while draining, or without the database.',
    answer: readiness,
    answers: { 503: { type: 'application/json', schema: readiness } },
  },
};
