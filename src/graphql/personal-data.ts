/** What may name a person: a provider's own record, and those of its details that hold a payer's data. */
import type { Context } from './context.ts';
import { forbidden } from './errors.ts';

/** Throws FORBIDDEN for a caller whose token lacks `refunds:raw`. */
export function mayReadPersonalData({ caller }: Pick<Context, 'caller'>): void {
  if (!caller.may('refunds:raw')) throw forbidden('The token lacks the scope refunds:raw.');
}
