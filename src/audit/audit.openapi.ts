import type { ApiOf } from '../platform/api-doc/documented';
import { list, nullable, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { AuditController } from './audit.controller';
import { AUDIT_TYPES } from './audit.tables';

export const api: ApiOf<AuditController> = {
  list: {
    summary: 'Who did what',
    description: 'The newest first. Never what a person or a model wrote.',
    parameters: { limit: { example: '20' } },
    answer: object({
      entries: list(
        object({
          id: text,
          at: time,
          type: oneOf(...AUDIT_TYPES),
          owner: nullable(text),
          target: nullable(text),
          outcome: text,
          door: nullable(text),
          request_id: nullable(text),
          detail: nullable(text),
        }),
      ),
      next_cursor: nullable(text),
    }),
  },
};
