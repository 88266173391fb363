/** refreshRefund: the provider is asked now, whatever is known. */
import { inTransaction } from '../../ledger/database/database.ts';
import { lockStored, readStored } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { findSubmissions } from '../../ledger/submissions.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observeAndAsk, type AskAgainDeps } from '../observation/ask-again.ts';
import { isToldByCallbacksAlone, recordDenial } from '../observation/denial.ts';
import { saidYes } from '../submission/round.ts';
import type { Reconciliation } from '../settlement/schedule.ts';
import { ask, lookupOf, observedAccount, unreadOf, type AskDeps } from '../observation/ask.ts';

export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly refund: Refund; readonly changed: boolean }
  | { readonly kind: 'not-found' }
  /**
   * It is known here, and its provider does not know it: only callbacks told of it, or the provider has
   * forgotten it.
   */
  | { readonly kind: 'denied' }
  /** The provider can't be asked by the ids that are known. */
  | { readonly kind: 'unaskable' }
  | { readonly kind: 'failed'; readonly error: ProviderError };

type RefreshDeps = AskDeps & AskAgainDeps & { readonly reconciliation: Pick<Reconciliation, 'pausesSeconds'> };

/** Asks for one refund, also for one that is not known here. */
export async function refreshRefund(
  deps: RefreshDeps,
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
    return known === undefined ? { kind: 'not-found' } : await denied(deps, account, { known, askedAt });
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'failed', error };
    throw error;
  }
}

/**
 * The provider does not know it (yet); what is known here stays, and a denial of what only callbacks told is
 * counted.
 */
async function denied(
  { ledger, clock, reconciliation }: RefreshDeps,
  { key }: ProviderAccount,
  { known, askedAt }: { readonly known: StoredRefund; readonly askedAt: Date },
): Promise<RefreshResult> {
  const { refund } = known;
  if (refund.attention.DENIED !== undefined) return { kind: 'denied' };
  const counted = await inTransaction(ledger, async (tx) => {
    const [locked] = await lockStored(tx, key, [refund.merchantRefundId]);
    // Somebody heard of it while the question was under way: the answer is out of date.
    if (locked === undefined || locked.revision !== known.revision) return false;
    if (!isToldByCallbacksAlone(locked) || saidYes(await findSubmissions(tx, locked.id))) return false;
    const [apartSeconds = 0] = reconciliation.pausesSeconds;
    await recordDenial(tx, locked, { via: 'QUERY', at: clock(), askedAt, apartSeconds });
    return true;
  });
  return counted ? { kind: 'denied' } : { kind: 'refreshed', refund, changed: false };
}
