import { AppError } from '../platform/errors/app-error';
import type { Principal } from '../platform/http/principal';
import { CORE, PERSONAL } from './memory';
import { storable } from './memory-limits';

/**
 * The category of an entry that a client stores; without a wish `core` for an admin and `personal` for others. `core` is told to everybody's
 * agent, so it takes an admin: whoever merely chats would speak to all others through it. Throws 403 `memory.core_for_admins`.
 */
export function chosenCategory(wished: string | null | undefined, { scopes }: Principal): string {
  const isAdmin = scopes.includes('admin');
  const category = storable(wished ?? '') || (isAdmin ? CORE : PERSONAL);
  if (category !== CORE || isAdmin) return category;
  const sentence =
    'Only a token with the scope `admin` stores `core` entries, which every agent reads: take another category';
  throw new AppError(403, 'memory.core_for_admins', sentence, { param: 'category' });
}
