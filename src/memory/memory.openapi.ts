import type { ApiOf } from '../platform/api-doc/documented';
import { described, flag, list, nullable, number, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { MemoryController } from './memory.controller';

const entry = object(
  {
    id: text,
    key: text,
    content: text,
    category: text,
    timestamp: time,
    session_id: nullable(text),
    score: described('How well it fits the query; null without one.', nullable(number)),
    own: described('Storing the key again replaces it.', flag),
  },
  { owner: described('Told to admins only.', nullable(text)) },
);

export const api: ApiOf<MemoryController> = {
  look: {
    summary: 'Look at what is remembered',
    description:
      'With `query` the best fits first, else the newest, page by page. One sees its own entries and everybody’s `core` ones.',
    parameters: { query: { example: 'coffee' }, limit: { example: '10' } },
    answer: object({ entries: list(entry), next_cursor: nullable(text) }),
    errors: { 400: ['memory.invalid_cursor'], 409: ['memory.off'] },
  },
  remember: {
    summary: 'Remember something',
    description:
      'The same key again replaces what was there. `core` takes the scope `admin`; other tokens store `personal` when they name no category.',
    example: { key: 'coffee', content: 'Two sugars, no milk', category: 'personal' },
    answer: object({ status: oneOf('ok') }),
    errors: { 400: ['memory.invalid_key'], 403: ['memory.core_for_admins'], 409: ['memory.off'] },
  },
  forget: {
    summary: 'Forget something',
    parameters: { key: { example: 'coffee' } },
    answer: object({ status: oneOf('ok'), deleted: described('False when there was nothing under the key.', flag) }),
    errors: { 409: ['memory.off'] },
  },
};
