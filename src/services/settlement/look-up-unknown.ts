/**
 * A refund that the ledger does not know, and that a callback told of which may not decide: the provider is asked. Only its answer
 * makes the refund known; what it denies is never taken.
 */
import { inTransaction } from '../../ledger/database/database.ts';
import type { SettleJob } from '../../ledger/queue/enqueue.ts';
import { ProviderError } from '../../providers/errors.ts';
import { merchantRefundId, type RefundRef } from '../../refunds/ids.ts';
import { askWhereUndecided } from '../observation/ask-again.ts';
import { ask, observedAccount, type Answer } from '../observation/ask.ts';
import { observeIn } from '../observation/observe.ts';
import { pauseAfterFailure, pauseAt } from './schedule.ts';
import type { SettleDeps } from './settle.ts';

/** Asks once. Where the refund is not there it is asked about again until the give-up time, because a query may lag behind. */
export async function lookUpUnknown(deps: SettleDeps, job: SettleJob, signal: AbortSignal): Promise<void> {
  const { ledger, accounts, clock, queue, reconciliation } = deps;
  const account = accounts.get(job.account);
  const { unknown } = job;
  if (account === undefined || unknown === undefined) return;
  const question = account.question(unknown.lookup);
  if (question === null) return;
  const ref: RefundRef = { account: account.key, merchantRefundId: merchantRefundId(job.merchantRefundId) };
  const ageSeconds = Math.max(0, clock().getTime() - Date.parse(unknown.since)) / 1000;
  const again = (seconds: number): Promise<void> =>
    inTransaction(ledger, (tx) => queue.schedule(tx, ref, seconds, { evenIfFinished: true, unknown }));

  let answer: Answer;
  try {
    answer = await ask(deps, account, question, signal);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isOver = error.kind === 'rejected' && ageSeconds > reconciliation.giveUpAfterSeconds;
    if (!isOver) await again(pauseAfterFailure(ageSeconds, reconciliation.pausesSeconds));
    return;
  }
  const context = { via: 'POLL', at: clock(), askedAt: answer.askedAt } as const;
  await inTransaction(ledger, async (tx) => {
    const observed = await observeIn(ledger, tx, observedAccount(account), answer.observations, context);
    await askWhereUndecided(queue, tx, observed);
    for (const { refund } of observed) {
      if (refund.status === 'PENDING' || refund.status === 'PROCESSING') {
        await queue.schedule(tx, refund, pauseAt(0, reconciliation.pausesSeconds));
      }
    }
  });
  const isThere = answer.observations.some((one) => one.merchantRefundId === ref.merchantRefundId);
  if (isThere || ageSeconds > reconciliation.giveUpAfterSeconds) return;
  await again(pauseAt(ageSeconds, reconciliation.pausesSeconds));
}
