/** refreshRefund: the provider is queried now, whatever is known. */
import { inTransaction } from '../../ledger/database/database.ts';
import { lockStored, readStored } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { findSubmissions } from '../../ledger/submissions.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { Actor, Refund } from '../../refunds/refund.ts';
import { observeAnswer, type QueryAgainDeps } from '../observation/query-again.ts';
import { isToldByCallbacksAlone, recordDenial } from '../observation/denial.ts';
import { wasAccepted } from '../submission/round.ts';
import type { Reconciliation } from '../settlement/schedule.ts';
import { namedFor, queryProvider, lookupOf, observedAccount, unreadOf, type QueryDeps } from '../observation/query.ts';

export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly refund: Refund; readonly changed: boolean }
  | { readonly kind: 'not-found' }
  /**
   * It is known here, and its provider does not know it: only callbacks told of it, or the provider has
   * forgotten it.
   */
  | { readonly kind: 'denied' }
  /** The provider can't be queried by the ids that are known. */
  | { readonly kind: 'not-queryable' }
  | { readonly kind: 'failed'; readonly error: ProviderError };

type RefreshDeps = QueryDeps &
  QueryAgainDeps & {
    readonly reconciliation: Pick<Reconciliation, 'pausesSeconds'>;
    /** Who asks; nobody when left out. */
    readonly actor?: Actor;
  };

/** Asks for one refund, also for one that is not known here. */
export async function refreshRefund(
  deps: RefreshDeps,
  account: ProviderAccount,
  id: MerchantRefundId,
  signal: AbortSignal,
): Promise<RefreshResult> {
  const [stored] = await readStored(deps.ledger.db, account.key, [id]);
  const nothing = { providerRefundId: null, merchantPaymentId: null, providerPaymentId: null };
  const lookup = stored === undefined ? { merchantRefundId: id, ...nothing } : lookupOf(stored.refund);
  const query = account.query(lookup);
  if (query === null) return stored === undefined ? { kind: 'not-found' } : { kind: 'not-queryable' };
  try {
    const answer = await queryProvider(deps, account, query, signal);
    const { queriedAt } = answer;
    const context = { via: 'QUERY', at: deps.clock(), queriedAt, actor: deps.actor ?? null } as const;
    const observed = await observeAnswer(deps, observedAccount(account), namedFor(answer, stored?.refund), context);
    const own = observed.findLast(({ refund }) => refund.merchantRefundId === id);
    if (own !== undefined) return { kind: 'refreshed', refund: own.refund, changed: own.change !== 'NONE' };
    const unread = unreadOf(answer, lookup, account);
    if (unread !== null) return { kind: 'failed', error: unread };
    return stored === undefined ? { kind: 'not-found' } : await denied(deps, account, { stored, queriedAt });
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
  { stored, queriedAt }: { readonly stored: StoredRefund; readonly queriedAt: Date },
): Promise<RefreshResult> {
  const { refund } = stored;
  if (refund.attention.DENIED !== undefined) return { kind: 'denied' };
  const counted = await inTransaction(ledger, async (tx) => {
    const [locked] = await lockStored(tx, key, [refund.merchantRefundId]);
    // Somebody heard of it while the query was under way: the answer is out of date.
    if (locked === undefined || locked.revision !== stored.revision) return false;
    if (!isToldByCallbacksAlone(locked) || wasAccepted(await findSubmissions(tx, locked.id))) return false;
    const [apartSeconds = 0] = reconciliation.pausesSeconds;
    await recordDenial(tx, locked, { via: 'QUERY', at: clock(), queriedAt, apartSeconds });
    return true;
  });
  return counted ? { kind: 'denied' } : { kind: 'refreshed', refund, changed: false };
}
