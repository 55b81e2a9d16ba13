import type { ApiOf } from '../api-doc/documented';
import { text } from '../api-doc/schema';
import type { MetricsController } from './metrics.controller';

export const api: ApiOf<MetricsController> = {
  exposition: {
    summary: 'Prometheus metrics',
    description:
      'For a token of any scope, and without one for scrapers on the same machine that no proxy stands in front of.',
    access: [{ bearer: [] }, {}],
    answers: { 200: { type: 'text/plain', schema: text } },
    errors: { 401: ['auth.invalid_token'] },
  },
};
