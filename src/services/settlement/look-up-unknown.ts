/**
 * A refund that the ledger does not know, and that a callback told of which may not decide: the provider is
 * asked. Only its answer makes the refund known; what it denies is never taken.
 */
import { inTransaction } from '../../ledger/database/database.ts';
import type { SettleJob } from '../../ledger/queue/enqueue.ts';
import { asProviderError, isAnswered, ProviderError } from '../../providers/errors.ts';
import { merchantRefundId } from '../../refunds/ids.ts';
import { isFinished } from '../../refunds/read-policy.ts';
import { askWhereUndecided } from '../observation/ask-again.ts';
import { ask, observedAccount } from '../observation/ask.ts';
import { observeIn } from '../observation/observe.ts';
import type { Parts } from '../parts.ts';
import { nextQuestion } from './schedule.ts';

/**
 * Asks once. Where the refund is not there it is asked about again until the give-up time, because a query
 * may lag behind.
 */
export async function lookUpUnknown(parts: Parts, job: SettleJob, signal: AbortSignal): Promise<void> {
  const { ledger, accounts, clock, queue, reconciliation } = parts;
  const account = accounts.get(job.account);
  const { unknown } = job;
  const question = unknown === undefined ? null : account?.question(unknown.lookup);
  if (account === undefined || unknown === undefined || !question) return;
  const id = merchantRefundId(job.merchantRefundId);
  const ageSeconds = Math.max(0, clock().getTime() - Date.parse(unknown.since)) / 1000;
  const isOver = ageSeconds > reconciliation.giveUpAfterSeconds;
  const again = (unanswered: boolean): Promise<void> =>
    inTransaction(ledger, (tx) => {
      const seconds = nextQuestion(ageSeconds, { ...reconciliation, unanswered });
      return queue.schedule(tx, { ref: { account: account.key, merchantRefundId: id }, seconds, unknown });
    });

  const answer = await ask(parts, account, question, signal).catch(asProviderError);
  if (answer instanceof ProviderError) {
    // An answer keeps the schedule and comes to an end, whatever it says. An outage is waited for.
    const unanswered = !isAnswered(answer);
    if (unanswered || !isOver) await again(unanswered);
    return;
  }
  const context = { via: 'POLL', at: clock(), askedAt: answer.askedAt } as const;
  await inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, observedAccount(account), answer.observations, context);
    await askWhereUndecided(queue, tx, observed);
    const unfinished = observed.filter(({ refund }) => !isFinished(refund.status));
    const seconds = nextQuestion(0, reconciliation);
    await queue.scheduleAll(
      tx,
      unfinished.map(({ refund }) => ({ ref: refund, seconds })),
    );
  });
  const isThere = answer.observations.some(({ merchantRefundId: told }) => told === id);
  if (!isThere && !isOver) await again(false);
}
