/**
 * An unfinished refund is asked about until the provider has said how it ended. One that the provider never got is sent again
 * where its own rules make that harmless, and given up in the end; an unreachable provider is not "not there".
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import type { SettleJob } from '../../ledger/queue/enqueue.ts';
import { lockStored, readStored, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { findSubmissions, type Submission } from '../../ledger/submissions.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import { merchantRefundId, type AccountKey } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { isFinished } from '../../refunds/read-policy.ts';
import { ask, askOrRefused, lookupOf, mayBe, observedAccount, type Answer } from '../observation/ask.ts';
import { askWhereUndecided } from '../observation/ask-again.ts';
import { decideMissing, roundOf, saidYes } from './decide-missing.ts';
import { markDenied, markStuck } from '../observation/attention.ts';
import { isToldByCallbacksAlone, recordDenial } from '../observation/denial.ts';
import { observeIn } from '../observation/observe.ts';
import { isStuck, pauseAfterFailure, pauseAt } from './schedule.ts';
import { recordRepeat, type Recorded } from '../submission/record.ts';
import { failedNews, submit, type SubmitDeps } from '../submission/submit.ts';
import { becomeTheirs } from '../submission/taken-id.ts';

export interface SettleDeps extends SubmitDeps {
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
}

/** Asks once, takes in what is said, and leaves a job for the next question unless there is none to ask. */
export async function settle(deps: SettleDeps, job: SettleJob, signal: AbortSignal): Promise<void> {
  const { ledger, accounts, tell } = deps;
  const id = merchantRefundId(job.merchantRefundId);
  const [stored] = await readStored(ledger.db, job.account, [id]);
  if (stored === undefined || (isFinished(stored.refund.status) && !job.evenIfFinished)) return;
  const account = accounts.get(job.account);
  if (account === undefined) {
    tell({ kind: 'account-gone', account: job.account, merchantRefundId: id });
    return;
  }
  const question = account.question(lookupOf(stored.refund));
  if (question === null) {
    // A list or a callback may still tell of it; the question is looked for again at the next mark.
    await again(deps, stored, [], job, null);
    await sayIfStuck(deps, stored);
    return;
  }
  const submissions = await findSubmissions(ledger.db, stored.id);
  try {
    const hear = saidNoInside(account, submissions) ? askOrRefused : ask;
    const answer = await hear(deps, account, question, signal);
    await takeIn(deps, account, stored, submissions, answer);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    await again(deps, stored, submissions, job, error);
  }
  await sayIfStuck(deps, stored);
}

/** A refund that is unfinished for longer than the give-up time needs a person. The sweep says so, too. */
async function sayIfStuck({ ledger, clock, reconciliation }: SettleDeps, { refund, submittedAt }: StoredRefund) {
  const at = clock();
  if (!isStuck({ createdAt: refund.createdAt, submittedAt }, reconciliation, at)) return;
  if (isFinished(refund.status) || refund.attention.STUCK !== undefined) return;
  await inTransaction(ledger, (tx) => markStuck(tx, refund.account, [refund.merchantRefundId], at));
}

/**
 * Whether the refund waits only because its one send was answered with a no inside a yes: a second no, to the question, agrees with
 * it. Where an earlier send may have arrived, or a no is not certain, the refund must be shown as missing.
 */
function saidNoInside({ create }: ProviderAccount, submissions: readonly Submission[]): boolean {
  const round = roundOf(submissions);
  return (
    create?.rules.noIsCertain === true &&
    round.at(-1)?.outcome === 'refused' &&
    round.every(({ outcome }) => outcome === 'refused' || outcome === 'not-sent')
  );
}

/** Seconds since the present round of sends began; of a refund made elsewhere, since it was made. */
function ageOf({ clock }: SettleDeps, stored: StoredRefund, submissions: readonly Submission[]): number {
  const began = submissions.findLast(({ kind }) => kind !== 'REPEAT')?.startedAt ?? stored.refund.createdAt;
  return Math.max(0, clock().getTime() - began.getTime()) / 1000;
}

/** The next question, after one that brought nothing. */
async function again(
  deps: SettleDeps,
  stored: StoredRefund,
  submissions: readonly Submission[],
  job: SettleJob,
  error: ProviderError | null,
): Promise<void> {
  const { pausesSeconds } = deps.reconciliation;
  // An answer keeps the refund's own schedule, whatever it says; an outage is looked at more often.
  const isAnswer = error === null || error.kind === 'rejected' || error.kind === 'try-later';
  const pause = (isAnswer ? pauseAt : pauseAfterFailure)(ageOf(deps, stored, submissions), pausesSeconds);
  await inTransaction(deps.ledger, async (tx) => {
    if (error !== null && stored.missingSince !== null) await forgetMissing(tx, stored);
    await deps.queue.later(tx, stored.refund, pause, { evenIfFinished: job.evenIfFinished });
  });
}

/** Half an hour of "not there" begins anew after an outage, because a list is most likely to lag behind one, and ends when it is there. */
async function forgetMissing(tx: Tx, { refund }: StoredRefund): Promise<void> {
  const [locked] = await lockStored(tx, refund.account, [refund.merchantRefundId]);
  if (locked !== undefined) await updateRefunds(tx, [{ ...locked, missingSince: null }]);
}

async function takeIn(
  deps: SettleDeps,
  account: ProviderAccount,
  stored: StoredRefund,
  submissions: readonly Submission[],
  answer: Answer,
): Promise<void> {
  const { ledger, clock } = deps;
  const own = answer.observations.filter(({ merchantRefundId: id }) => id === stored.refund.merchantRefundId);
  const other = own.some((one) => isOurs(account, stored, submissions, one)) ? undefined : own.at(-1);
  if (other !== undefined) {
    // In a transaction of its own, because it locks the refund before the others' payments.
    await inTransaction(ledger, (tx) => {
      const context = { via: 'POLL', at: clock(), askedAt: answer.askedAt } as const;
      const weighing = { account: observedAccount(account), context, newId: ledger.newId };
      return becomeTheirs(tx, weighing, { known: stored, found: other });
    });
  }
  const recorded = await inTransaction(ledger, async (tx): Promise<Recorded | null> => {
    const context = { via: 'POLL', at: clock(), askedAt: answer.askedAt } as const;
    // Whatever else the answer tells (other refunds of the same payment) becomes known too.
    const observed = await observeIn(ledger, tx, observedAccount(account), answer.observations, context);
    const others = observed.filter(({ refund }) => refund.merchantRefundId !== stored.refund.merchantRefundId);
    await askWhereUndecided(deps.queue, tx, others);
    const last = observed.findLast(({ refund }) => refund.merchantRefundId === stored.refund.merchantRefundId);
    if (last !== undefined) {
      if (stored.missingSince !== null) await forgetMissing(tx, stored);
      if (!isFinished(last.refund.status)) await next(deps, tx, stored, submissions);
      else if (last.askAgain) await deps.queue.soon(tx, stored.refund);
      return null;
    }
    return missing(deps, tx, account, stored, submissions, answer.askedAt);
  });
  if (recorded !== null) await submit(deps, account, recorded);
}

const next = (deps: SettleDeps, tx: Tx, stored: StoredRefund, submissions: readonly Submission[]): Promise<void> => {
  const pause = pauseAt(ageOf(deps, stored, submissions), deps.reconciliation.pausesSeconds);
  return deps.queue.later(tx, stored.refund, pause);
};

/**
 * Whether a record under our id is the refund that we sent. As long as ours was never seen, and the last word about it was that the id
 * is taken, or no, one that differs in what never changes is another refund, and ours will never be one.
 */
function isOurs(
  account: ProviderAccount,
  { refund }: StoredRefund,
  submissions: readonly Submission[],
  told: RefundObservation,
): boolean {
  if (told.merchantRefundId !== refund.merchantRefundId) return false;
  const outcome = submissions.at(-1)?.outcome;
  const saidNotTaken = outcome === 'known' || outcome === 'refused' || outcome === 'busy';
  if (refund.observedAt !== null || !saidNotTaken) return true;
  return mayBe(account, refund, told);
}

/** The provider does not know the refund. */
async function missing(
  deps: SettleDeps,
  tx: Tx,
  account: ProviderAccount,
  known: StoredRefund,
  submissions: readonly Submission[],
  askedAt: Date,
): Promise<Recorded | null> {
  const [locked] = await lockStored(tx, account.key, [known.refund.merchantRefundId]);
  if (locked === undefined) return null;
  const at = deps.clock();
  // Somebody heard of it, or sent it, while the question was under way: the answer is out of date.
  const isOld = locked.revision !== known.revision || locked.refund.attempts !== known.refund.attempts;
  if (!isOld && isToldByCallbacksAlone(locked) && !saidYes(submissions)) {
    const [apartSeconds = 0] = deps.reconciliation.pausesSeconds;
    const denied = await recordDenial(tx, locked, { via: 'POLL', at, askedAt, apartSeconds });
    await askOnAboutDenied(deps, tx, denied);
    return null;
  }
  const decision = isOld
    ? ({ kind: 'wait', counts: false } as const)
    : decideMissing({
        stored: locked,
        submissions,
        askedAt,
        rules: account.create?.rules ?? null,
        reconciliation: deps.reconciliation,
      });
  const stored = { ...locked, missingSince: locked.missingSince ?? askedAt };
  switch (decision.kind) {
    case 'wait':
      if (decision.counts && locked.missingSince === null) await updateRefunds(tx, [stored]);
      if (!isFinished(stored.refund.status)) await next(deps, tx, stored, submissions);
      return null;
    case 'denied':
      await markDenied(tx, stored, { via: 'POLL', at, contradicts: false });
      await next(deps, tx, stored, submissions);
      return null;
    case 'fail': {
      const news = failedNews(stored.refund, decision.failure);
      const context = { via: 'POLL', at, askedAt } as const;
      const [observed] = await observeIn(deps.ledger, tx, observedAccount(account), [news], context);
      if (observed !== undefined && !isFinished(observed.refund.status)) await next(deps, tx, stored, submissions);
      return null;
    }
    case 'send-again': {
      await next(deps, tx, stored, submissions);
      return recordRepeat(deps, tx, stored, at);
    }
  }
}

/** The pauses count from the first denial: the refund itself may be old. It is asked about although it may be finished. */
async function askOnAboutDenied(deps: SettleDeps, tx: Tx, { refund, missingSince }: StoredRefund): Promise<void> {
  const since = missingSince?.getTime() ?? 0;
  const age = Math.max(0, deps.clock().getTime() - since) / 1000;
  const pause = pauseAt(age, deps.reconciliation.pausesSeconds);
  await deps.queue.later(tx, refund, pause, { evenIfFinished: true });
}
