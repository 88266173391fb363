/**
 * News that does not decide brings a question to the provider, in the transaction in which the news was taken
 * in.
 */
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import type { SettleQueue } from '../../ledger/queue/enqueue.ts';
import type { RefundNews } from '../../refunds/news.ts';
import { observeIn, type Observed } from './observe.ts';
import type { ObservationContext, ObservedAccount } from './judge.ts';

export interface AskAgainDeps {
  readonly ledger: Ledger;
  readonly queue: Pick<SettleQueue, 'expedite'>;
}

/** Asks about those refunds that the news left undecided. */
export async function askWhereUndecided(
  queue: AskAgainDeps['queue'],
  tx: Tx,
  observed: readonly Observed[],
): Promise<void> {
  const asked = new Map(
    observed.flatMap(({ refund, askAgain }) => (askAgain ? [[refund.merchantRefundId, refund] as const] : [])),
  );
  // In one order, so that two transactions never wait for each other's jobs.
  for (const [, ref] of [...asked].toSorted(([one], [other]) => (one < other ? -1 : 1))) await queue.expedite(tx, ref);
}

/**
 * Takes news in, in a transaction of its own, and asks where it does not decide. Positions of the answer are
 * those of the news.
 */
export async function observeAndAsk(
  { ledger, queue }: AskAgainDeps,
  account: ObservedAccount,
  news: readonly RefundNews[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  if (news.length === 0) return [];
  return inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, account, news, context);
    await askWhereUndecided(queue, tx, observed);
    return observed;
  });
}
