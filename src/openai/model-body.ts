import type { ModelListing } from '../providers/models.service';

/** The model hosts' own dates are not asked for, so every model bears the same one; it only has to be a valid time. */
const CREATED = 1_700_000_000;

/** The `model` object of https://platform.openai.com/docs/api-reference/models/object. */
export function modelBody({ id, ownedBy }: ModelListing): object {
  return { id, object: 'model', created: CREATED, owned_by: ownedBy };
}
