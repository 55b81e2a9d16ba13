import type { ApiOf } from '../../platform/api-doc/documented';
import { integer, list, nullable, object, text, time } from '../../platform/api-doc/schema';
import { ifMatch, refusals, written } from './config-schemas';
import type { RevisionsController } from './revisions.controller';

const revision = {
  id: text,
  at: time,
  source: text,
  by: nullable(text),
  note: nullable(text),
  changed: list(text),
  bytes: integer,
};
const id = { id: { description: 'Of the revision.', example: '$REVISION_ID' } };

export const api: ApiOf<RevisionsController> = {
  list: {
    summary: 'What config.toml said before',
    description: 'The newest first, secrets masked.',
    parameters: { limit: { example: '10' } },
    answer: object({ revisions: list(object(revision)), next_cursor: nullable(text) }),
  },
  show: {
    summary: 'A revision, and what has changed since',
    parameters: { ...id, against: { description: 'Another revision. Default: the present file.', example: 'current' } },
    answer: object({ ...revision, content: text, against: text, diff: nullable(text) }),
    errors: { 404: ['config.unknown_revision'] },
  },
  rollBack: {
    summary: 'Go back to a revision',
    description: 'Secrets keep their present values.',
    parameters: { ...id, ...ifMatch },
    answer: written,
    sends: ['ETag'],
    errors: { ...refusals, 404: ['config.unknown_revision'] },
  },
};
