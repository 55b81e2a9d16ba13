import { AppError } from '../platform/errors/app-error';
import type { ModelListing } from '../providers/models.service';

/** How many models the sentence names; the rest is in the list. */
const NAMED = 8;

/** The 404 that says what there is instead. */
export function unknownModel(model: string, models: readonly ModelListing[]): AppError {
  const ids = models.map((listing) => `'${listing.id}'`);
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  const there = ids.slice(0, NAMED).join(', ') + more;
  return new AppError(
    404,
    'openai.model_not_found',
    `The model '${model.slice(0, 200)}' does not exist. There are ${there}, and '<provider>/<model>' of every configured provider; see GET /v1/models.`,
    { param: 'model' },
  );
}
