/**
 * An update that does not decide brings a query to the provider, in the transaction in which the update was
 * taken in.
 */
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import type { SettleQueue } from '../../ledger/queue/enqueue.ts';
import type { ProviderAnswer } from '../../refunds/observation.ts';
import type { RefundUpdate } from '../../refunds/update.ts';
import { markUnread } from './attention.ts';
import { observeIn, type Observed } from './observe.ts';
import type { ObservationContext, ObservedAccount } from './judged.ts';

export interface QueryAgainDeps {
  readonly ledger: Ledger;
  readonly queue: Pick<SettleQueue, 'expedite'>;
}

/** Queries those refunds that the update left undecided. */
export async function queryWhereUndecided(
  queue: QueryAgainDeps['queue'],
  tx: Tx,
  observed: readonly Observed[],
): Promise<void> {
  const undecided = new Map(
    observed.flatMap(({ refund, queryAgain }) => (queryAgain ? [[refund.merchantRefundId, refund] as const] : [])),
  );
  // In one order, so that two transactions never wait for each other's jobs.
  for (const [, ref] of [...undecided].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    await queue.expedite(tx, ref);
}

/**
 * Takes updates in, in a transaction of its own, and queries where it does not decide. Positions of the
 * answer are those of the updates.
 */
export async function observeAndQuery(
  { ledger, queue }: QueryAgainDeps,
  account: ObservedAccount,
  updates: readonly RefundUpdate[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  if (updates.length === 0) return [];
  return inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, account, updates, context);
    await queryWhereUndecided(queue, tx, observed);
    return observed;
  });
}

/** The same of a whole answer, with the refunds whose records in it can't be read. */
export async function observeAnswer(
  { ledger, queue }: QueryAgainDeps,
  account: ObservedAccount,
  { observations, unreadable }: ProviderAnswer,
  context: ObservationContext,
): Promise<readonly Observed[]> {
  if (observations.length === 0 && unreadable.length === 0) return [];
  return inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, account, observations, context);
    await markUnread(tx, account.key, unreadable, context);
    await queryWhereUndecided(queue, tx, observed);
    return observed;
  });
}
