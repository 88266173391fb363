/**
 * A refund that the ledger does not know, and that a callback reported which may not decide: the provider is
 * asked. Only its answer makes the refund known; what it denies is never taken.
 */
import { inTransaction } from '../../ledger/database/database.ts';
import type { SettleJob } from '../../ledger/queue/enqueue.ts';
import { asProviderError, isAnswered, ProviderError } from '../../providers/errors.ts';
import { merchantRefundId } from '../../refunds/ids.ts';
import { isFinished } from '../../refunds/refund.ts';
import { queryWhereUndecided } from '../observation/query-again.ts';
import { queryProvider, observedAccount } from '../observation/query.ts';
import { observeIn } from '../observation/observe.ts';
import type { Parts } from '../parts.ts';
import { nextQuery } from './schedule.ts';

/**
 * Queries once. Where the refund is not there it is queried again until the give-up time, because a query
 * may lag behind.
 */
export async function lookUpUnknown(parts: Parts, job: SettleJob, signal: AbortSignal): Promise<void> {
  const { ledger, accounts, clock, queue, reconciliation } = parts;
  const account = accounts.get(job.account);
  const { unknown } = job;
  const query = unknown === undefined ? null : account?.query(unknown.lookup);
  if (account === undefined || unknown === undefined || !query) return;
  const id = merchantRefundId(job.merchantRefundId);
  const ageSeconds = Math.max(0, clock().getTime() - Date.parse(unknown.since)) / 1000;
  const isOver = ageSeconds > reconciliation.giveUpAfterSeconds;
  const again = (unanswered: boolean): Promise<void> =>
    inTransaction(ledger, (tx) => {
      const seconds = nextQuery(ageSeconds, { ...reconciliation, unanswered });
      return queue.schedule(tx, { ref: { account: account.key, merchantRefundId: id }, seconds, unknown });
    });

  const answer = await queryProvider(parts, account, query, signal).catch(asProviderError);
  if (answer instanceof ProviderError) {
    // An answer keeps the schedule and comes to an end, whatever it says. An outage is waited for.
    const unanswered = !isAnswered(answer);
    if (unanswered || !isOver) await again(unanswered);
    return;
  }
  const context = { via: 'POLL', at: clock(), queriedAt: answer.queriedAt } as const;
  await inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, observedAccount(account), answer.observations, context);
    await queryWhereUndecided(queue, tx, observed);
    const unfinished = observed.filter(({ refund }) => !isFinished(refund.status));
    const seconds = nextQuery(0, reconciliation);
    await queue.scheduleAll(
      tx,
      unfinished.map(({ refund }) => ({ ref: refund, seconds })),
    );
  });
  const isThere = answer.observations.some(({ merchantRefundId: found }) => found === id);
  if (!isThere && !isOver) await again(false);
}
