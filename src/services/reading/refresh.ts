/** refreshRefund: the provider is asked now, whatever is known. */
import { readStored } from '../../ledger/refund/refund-writes.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observeAndAsk, type AskAgainDeps } from '../observation/ask-again.ts';
import { ask, lookupOf, observedAccount, unreadOf, type AskDeps } from '../observation/ask.ts';

export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly refund: Refund; readonly changed: boolean }
  | { readonly kind: 'not-found' }
  /** The provider can't be asked by the ids that are known. */
  | { readonly kind: 'unaskable' }
  | { readonly kind: 'failed'; readonly error: ProviderError };

/** Asks for one refund, also for one that is not known here. */
export async function refreshRefund(
  deps: AskDeps & AskAgainDeps,
  account: ProviderAccount,
  id: MerchantRefundId,
  signal: AbortSignal,
): Promise<RefreshResult> {
  const [known] = await readStored(deps.ledger.db, account.key, [id]);
  const nothing = { providerRefundId: null, merchantPaymentId: null, providerPaymentId: null };
  const lookup = known === undefined ? { merchantRefundId: id, ...nothing } : lookupOf(known.refund);
  const question = account.question(lookup);
  if (question === null) return known === undefined ? { kind: 'not-found' } : { kind: 'unaskable' };
  try {
    const { askedAt, ...told } = await ask(deps, account, question, signal);
    const context = { via: 'QUERY', at: deps.clock(), askedAt } as const;
    const observed = await observeAndAsk(deps, observedAccount(account), told.observations, context);
    const own = observed.findLast(({ refund }) => refund.merchantRefundId === id);
    if (own !== undefined) return { kind: 'refreshed', refund: own.refund, changed: own.change !== 'NONE' };
    const unread = unreadOf(told, lookup, account);
    if (unread !== null) return { kind: 'failed', error: unread };
    // The provider does not know it (yet); what is known here stays.
    return known === undefined ? { kind: 'not-found' } : { kind: 'refreshed', refund: known.refund, changed: false };
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'failed', error };
    throw error;
  }
}
