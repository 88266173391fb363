/**
 * An unfinished refund is queried until the provider has said how it ended. One that the provider never
 * got is sent again where the provider's own rules make that harmless, and given up in the end. A provider
 * that can't be reached has not said "not there".
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import type { SettleJob } from '../../ledger/queue/enqueue.ts';
import { lockStored, readStored, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { findSubmissions, type Submission } from '../../ledger/submissions.ts';
import { asProviderError, isAnswered, ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, ProviderQuery } from '../../providers/provider.ts';
import { merchantRefundId } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { isFinished } from '../../refunds/refund.ts';
import {
  queryProvider,
  queryOrRefusal,
  lookupOf,
  namedFor,
  mayBe,
  observedAccount,
  unreadOf,
  type QueryAnswer,
} from '../observation/query.ts';
import { queryWhereUndecided } from '../observation/query-again.ts';
import { observeIn } from '../observation/observe.ts';
import type { Parts } from '../parts.ts';
import { failedUpdate } from '../submission/outcome.ts';
import type { Recorded } from '../submission/record.ts';
import { roundOf, wasAccepted } from '../submission/round.ts';
import type { SubmissionVerbs } from '../submission/submission.ts';
import { becomeTheirs } from '../submission/taken-id.ts';
import { markDenied, markStuck, markUnread } from '../observation/attention.ts';
import { isToldByCallbacksAlone, recordDenial } from '../observation/denial.ts';
import { decideMissing } from './decide-missing.ts';
import { lookUpUnknown } from './look-up-unknown.ts';
import { isStuck, nextQuery } from './schedule.ts';

/** One query about a refund, and what was known when it was sent. */
interface Inquiry {
  readonly account: ProviderAccount;
  readonly stored: StoredRefund;
  /** All sends, the first one first. */
  readonly submissions: readonly Submission[];
}

/** Makes the function that settles. */
export function createSettler(parts: Parts, { recordRepeat, send }: Pick<SubmissionVerbs, 'recordRepeat' | 'send'>) {
  const { ledger, queue, accounts, clock, tell, reconciliation } = parts;

  /** Queries once, applies the answer, and leaves a job for the next query unless there is none to send. */
  async function settle(job: SettleJob, signal: AbortSignal): Promise<void> {
    const id = merchantRefundId(job.merchantRefundId);
    const [stored] = await readStored(ledger.db, job.account, [id]);
    if (stored === undefined) return lookUpUnknown(parts, job, signal);
    if (isFinished(stored.refund.status) && !job.evenIfFinished) return;
    const account = accounts.get(job.account);
    if (account === undefined) {
      tell({ kind: 'account-gone', account: job.account, merchantRefundId: id });
      return;
    }
    const inquiry = { account, stored, submissions: await findSubmissions(ledger.db, stored.id) };
    const query = account.query(lookupOf(stored.refund));
    // Without the ids to query by, a list or a callback may still tell of it. The ids are looked at again
    // later.
    await (query === null ? again(inquiry, job, null) : queryAbout(inquiry, query, { job, signal }));
    await markIfStuck(stored);
  }

  async function queryAbout(
    inquiry: Inquiry,
    query: ProviderQuery,
    { job, signal }: { readonly job: SettleJob; readonly signal: AbortSignal },
  ): Promise<void> {
    const run = awaitsDoubtedRefusal(inquiry) ? queryOrRefusal : queryProvider;
    const answer = await run(parts, inquiry.account, query, signal).catch(asProviderError);
    await (answer instanceof ProviderError ? again(inquiry, job, answer) : applyAnswer(inquiry, answer));
  }

  /** A refund that is unfinished for longer than the give-up time needs a person. The sweep says so, too. */
  async function markIfStuck({ refund, submittedAt }: StoredRefund): Promise<void> {
    const at = clock();
    if (!isStuck({ createdAt: refund.createdAt, submittedAt }, reconciliation, at)) return;
    if (isFinished(refund.status) || refund.attention.STUCK !== undefined) return;
    await inTransaction(ledger, (tx) => markStuck(tx, refund.account, [refund.merchantRefundId], at));
  }

  /** Schedules the next query after one that brought nothing. */
  async function again(inquiry: Inquiry, { evenIfFinished }: SettleJob, error: ProviderError | null): Promise<void> {
    const { stored } = inquiry;
    // An answer keeps the refund's own schedule, whatever it says; an outage is looked at more often.
    const unanswered = error !== null && !isAnswered(error);
    const seconds = nextQuery(ageOf(inquiry), { ...reconciliation, unanswered });
    await inTransaction(ledger, async (tx) => {
      if (error !== null && stored.missingSince !== null) await forgetMissing(tx, stored);
      await queue.schedule(tx, { ref: stored.refund, seconds, evenIfFinished });
    });
  }

  /** Seconds since the present round of sends began; of a refund made elsewhere, since it was made. */
  function ageOf({ stored, submissions }: Inquiry): number {
    const began = roundOf(submissions)[0]?.startedAt ?? stored.refund.createdAt;
    return Math.max(0, clock().getTime() - began.getTime()) / 1000;
  }

  async function applyAnswer(inquiry: Inquiry, answer: QueryAnswer): Promise<void> {
    const { account, stored } = inquiry;
    const own = answer.observations.filter(({ merchantRefundId: id }) => id === stored.refund.merchantRefundId);
    const other = own.some((one) => isOurs(inquiry, one)) ? undefined : own.at(-1);
    if (other !== undefined) {
      // In a transaction of its own, because it locks the refund before the others' payments.
      await inTransaction(ledger, (tx) => {
        const context = { via: 'POLL', at: clock(), queriedAt: answer.queriedAt } as const;
        const judgeContext = { account: observedAccount(account), context, newId: ledger.newId };
        return becomeTheirs(tx, judgeContext, { stored, found: other });
      });
    }
    const recorded = await inTransaction(ledger, (tx) => observeAnswer(tx, inquiry, answer));
    if (recorded !== null) await send(recorded);
  }

  /** What is to be sent again now, if anything. */
  async function observeAnswer(tx: Tx, inquiry: Inquiry, answer: QueryAnswer): Promise<Recorded | null> {
    const { account, stored } = inquiry;
    const context = { via: 'POLL', at: clock(), queriedAt: answer.queriedAt } as const;
    // Whatever else the answer tells (other refunds of the same payment) becomes known too.
    const observed = await observeIn(ledger, tx, observedAccount(account), answer.observations, context);
    const isOwn = ({ merchantRefundId: id }: { readonly merchantRefundId: string }) =>
      id === stored.refund.merchantRefundId;
    await queryWhereUndecided(
      queue,
      tx,
      observed.filter(({ refund }) => !isOwn(refund)),
    );
    await markUnread(tx, account.key, namedFor(answer, stored.refund).unreadable, context);
    const last = observed.findLast(({ refund }) => isOwn(refund));
    // A record that can't be read may be its: then nobody has said that it is not there.
    const isUnread = last === undefined && unreadOf(answer, lookupOf(stored.refund), account) !== null;
    if (last === undefined && !isUnread) return applyMissing(tx, inquiry, answer.queriedAt);
    if (stored.missingSince !== null) await forgetMissing(tx, stored);
    if (!isFinished((last ?? stored).refund.status)) await scheduleNext(tx, inquiry);
    else if (last?.queryAgain === true) await queue.expedite(tx, stored.refund);
    return null;
  }

  const scheduleNext = (tx: Tx, inquiry: Inquiry): Promise<void> =>
    queue.schedule(tx, { ref: inquiry.stored.refund, seconds: nextQuery(ageOf(inquiry), reconciliation) });

  /** The provider does not know the refund. */
  async function applyMissing(tx: Tx, inquiry: Inquiry, queriedAt: Date): Promise<Recorded | null> {
    const { account, stored: before } = inquiry;
    const [locked] = await lockStored(tx, account.key, [before.refund.merchantRefundId]);
    if (locked === undefined) return null;
    // Read again under the lock: the provider's yes may have been kept since the inquiry began.
    const submissions = await findSubmissions(tx, locked.id);
    // It was observed, or sent, while the query was under way: the answer is out of date.
    const isOld = locked.revision !== before.revision || locked.refund.attempts !== before.refund.attempts;
    const at = clock();
    if (!isOld && isToldByCallbacksAlone(locked) && !wasAccepted(submissions)) {
      const [apartSeconds = 0] = reconciliation.pausesSeconds;
      await keepQueryingDenied(tx, await recordDenial(tx, locked, { via: 'POLL', at, queriedAt, apartSeconds }));
      return null;
    }
    const rules = account.create?.rules ?? null;
    const decision = isOld
      ? ({ kind: 'wait', counts: false } as const)
      : decideMissing({ stored: locked, submissions, queriedAt, rules, reconciliation });
    const stored = { ...locked, missingSince: locked.missingSince ?? queriedAt };
    switch (decision.kind) {
      case 'wait':
        if (decision.counts && locked.missingSince === null) await updateRefunds(tx, [stored]);
        if (!isFinished(stored.refund.status)) await scheduleNext(tx, inquiry);
        return null;
      case 'denied':
        await markDenied(tx, stored, { via: 'POLL', at, contradicts: false });
        await scheduleNext(tx, inquiry);
        return null;
      case 'fail': {
        const failed = failedUpdate(stored.refund, decision.failure);
        const context = { via: 'POLL', at, queriedAt } as const;
        const [observed] = await observeIn(ledger, tx, observedAccount(account), [failed], context);
        if (observed !== undefined && !isFinished(observed.refund.status)) await scheduleNext(tx, inquiry);
        return null;
      }
      case 'send-again':
        await scheduleNext(tx, inquiry);
        return recordRepeat(tx, { account, stored });
    }
  }

  /**
   * The pauses count from the first denial, because the refund itself may be old. It is queried although
   * it may be finished.
   */
  async function keepQueryingDenied(tx: Tx, { refund, missingSince }: StoredRefund): Promise<void> {
    const ageSeconds = Math.max(0, clock().getTime() - (missingSince?.getTime() ?? 0)) / 1000;
    await queue.schedule(tx, { ref: refund, seconds: nextQuery(ageSeconds, reconciliation), evenIfFinished: true });
  }

  return settle;
}

/**
 * Whether the refund waits only because its one send was answered with a no inside a yes: a second no, to the
 * query, agrees with it. Where an earlier send may have arrived, or a no is not certain, the refund must
 * be shown as missing.
 */
function awaitsDoubtedRefusal({ account: { create }, submissions }: Inquiry): boolean {
  const round = roundOf(submissions);
  return (
    create?.rules.noIsCertain === true &&
    round.at(-1)?.outcome === 'refused' &&
    round.every(({ outcome }) => outcome === 'refused' || outcome === 'not-sent')
  );
}

/**
 * Whether a record under our id is the refund that we sent. If ours was never seen and the last answer was
 * that the id is taken, or no, a record that differs in what never changes is another refund, and ours will
 * never be one.
 */
function isOurs({ account, stored: { refund }, submissions }: Inquiry, incoming: RefundObservation): boolean {
  if (incoming.merchantRefundId !== refund.merchantRefundId) return false;
  const outcome = submissions.at(-1)?.outcome;
  const wasNotTaken = outcome === 'known' || outcome === 'refused' || outcome === 'busy';
  if (refund.observedAt !== null || !wasNotTaken) return true;
  return mayBe(account, refund, incoming);
}

/**
 * The give-up time of "not there" ends when the refund is there. An outage restarts it, because a provider's
 * list often lags right after one.
 */
async function forgetMissing(tx: Tx, { refund }: StoredRefund): Promise<void> {
  const [locked] = await lockStored(tx, refund.account, [refund.merchantRefundId]);
  if (locked !== undefined) await updateRefunds(tx, [{ ...locked, missingSince: null }]);
}
