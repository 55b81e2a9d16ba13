import type { ApiOf } from '../platform/api-doc/documented';
import { integer, list, named, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { DoctorController } from './doctor.controller';

const report = named(
  'DoctorReport',
  object({
    results: list(
      object(
        { id: text, severity: oneOf('ok', 'warn', 'error'), category: text, message: text, duration_ms: integer },
        { advice: text },
      ),
    ),
    summary: object({ ok: integer, warnings: integer, errors: integer }),
    checked_at: time,
  }),
);

export const api: ApiOf<DoctorController> = {
  look: { summary: 'What is wrong, and what to do about it', description: 'May be ten seconds old.', answer: report },
  examine: { summary: 'Look anew', answer: report },
};
