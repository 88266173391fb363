/** What stored callbacks tell is applied to the ledger, and what was made of each is written down. */
import { recordResults, type CallbackResult, type StoredCallback } from '../../ledger/callbacks.ts';
import type { Tx } from '../../ledger/database/database.ts';
import { readStored, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { CallbackDoubt, ProviderAccount } from '../../providers/provider.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { queryWhereUndecided, type QueryAgainDeps } from '../observation/query-again.ts';
import { observedAccount } from '../observation/query.ts';
import { observeIn, type Observed } from '../observation/observe.ts';

/** A callback that is stored, with what it tells. */
export interface VerifiedCallback extends StoredCallback {
  readonly observation: RefundObservation;
  readonly doubt: CallbackDoubt | null;
}

/**
 * Makes the function that applies callbacks, in the caller's transaction. Positions are those of the
 * callbacks.
 */
export function createApply({ ledger, queue }: QueryAgainDeps) {
  /** `observed` is null where a callback decides nothing, and the provider is queried. */
  async function apply(
    tx: Tx,
    account: ProviderAccount,
    callbacks: readonly VerifiedCallback[],
    /** What is stored under their ids, where it was just read. */
    seen?: readonly StoredWithRecord[],
  ) {
    if (callbacks.length === 0) return [];
    const reasons = await doubtsAbout(tx, account, callbacks);
    const believable = callbacks.filter((one) => !reasons.has(one)).map(({ observation }) => observation);
    const context = { via: 'CALLBACK', at: ledger.clock() } as const;
    const observed = await observeIn({ newId: ledger.newId, seen }, tx, observedAccount(account), believable, context);
    const inTurn = observed.values();
    const applied = callbacks.map((one) => {
      const { id, before } = one;
      const reason = reasons.get(one);
      if (reason !== undefined) {
        const flagged: CallbackResult = { id, state: 'FLAGGED', reason };
        return { result: flagged, observed: null, before };
      }
      const { value } = inTurn.next();
      if (value === undefined) throw new Error('a callback was not judged');
      return { result: resultOf(id, value), observed: value, before };
    });
    // A new row says APPLIED already.
    const changed = applied.filter(({ result, before }) => result.reason !== null || before !== null);
    await recordResults(
      tx,
      changed.map(({ result }) => result),
    );
    await queryWhereUndecided(queue, tx, observed);
    await queryInstead(tx, account, [...reasons.keys()]);
    return applied;
  }

  /**
   * Queries the provider about what callbacks report and may not decide: one query for each refund, in one
   * order.
   */
  async function queryInstead(tx: Tx, { key }: ProviderAccount, doubted: readonly VerifiedCallback[]): Promise<void> {
    const since = ledger.clock().toISOString();
    const byId = new Map(doubted.map(({ observation }) => [observation.merchantRefundId, observation] as const));
    for (const [id, ids] of [...byId].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId } = ids;
      const lookup = { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId };
      await queue.expedite(tx, { account: key, merchantRefundId: id }, { lookup, since });
    }
  }

  return apply;
}

/** Those of the callbacks that decide nothing by themselves, each with the reason. */
async function doubtsAbout(
  tx: Tx,
  { key }: ProviderAccount,
  callbacks: readonly VerifiedCallback[],
): Promise<ReadonlyMap<VerifiedCallback, string>> {
  const doubted = callbacks.filter(({ doubt }) => doubt !== null);
  const ids = doubted.map(({ observation }) => observation.merchantRefundId);
  const known = new Set((await readStored(tx, key, ids)).map(({ refund }) => refund.merchantRefundId));
  return new Map(
    doubted.flatMap((one): readonly (readonly [VerifiedCallback, string])[] => {
      const { doubt, observation } = one;
      const decidesNothing = doubt !== null && (doubt.about === 'any' || !known.has(observation.merchantRefundId));
      return decidesNothing ? [[one, doubt.reason]] : [];
    }),
  );
}

/** What a callback is kept as, after what came of its observation. */
export function resultOf(id: string, { believed, contradicts }: Observed): CallbackResult {
  if (contradicts.length > 0) {
    return { id, state: 'FLAGGED', reason: `contradicts what is known: ${contradicts.join(', ')}` };
  }
  return { id, state: 'APPLIED', reason: believed ? null : 'older than what is known: changes nothing' };
}
