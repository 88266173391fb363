/**
 * What to do about a refund that the provider, when queried, does not know. Pure; each line has its reason.
 */
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { Submission } from '../../ledger/submissions.ts';
import type { CreateRules } from '../../providers/provider.ts';
import { mayHaveArrivedBefore } from '../submission/outcome.ts';
import { roundOf, wasAccepted } from '../submission/round.ts';
import { isFinished, type RefundFailure } from '../../refunds/refund.ts';
import type { Reconciliation } from './schedule.ts';

export type MissingDecision =
  /**
   * `counts`: the provider has said that it does not know what was sent. Else the answer says nothing about
   * that.
   */
  | { readonly kind: 'wait'; readonly counts: boolean }
  /** The provider had said yes, and has not known it for too long: a person must look. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'send-again' }
  | { readonly kind: 'fail'; readonly failure: RefundFailure };

const NOTHING_SAID: MissingDecision = { kind: 'wait', counts: false };

/** The code of a refund that was given up. */
const NOT_ACCEPTED = 'NOT_ACCEPTED';

/**
 * Decides. One thing it can't guarantee: a request that was lost for longer than the give-up time may still
 * arrive after it.
 */
export function decideMissing(facts: {
  readonly stored: StoredRefund;
  /** All sends, the first one first. */
  readonly submissions: readonly Submission[];
  /** When the query left. */
  readonly queriedAt: Date;
  /** `null`: the account creates no refunds. */
  readonly rules: CreateRules | null;
  readonly reconciliation: Reconciliation;
}): MissingDecision {
  const { stored, submissions, queriedAt, rules, reconciliation } = facts;
  const last = submissions.at(-1);
  // Ended meanwhile.
  if (isFinished(stored.refund.status)) return NOTHING_SAID;
  // The request may still arrive.
  if (stored.answersCountFrom !== null && queriedAt <= stored.answersCountFrom) return NOTHING_SAID;

  const giveUpMs = reconciliation.giveUpAfterSeconds * 1000;
  // From one "not there" to another, without a query in between that had no answer.
  const missingMs = queriedAt.getTime() - (stored.missingSince ?? queriedAt).getTime();
  const round = roundOf(submissions);
  // After a yes "not there" proves nothing: the refund is neither sent again nor called failed. Its own
  // record was a yes, too.
  const isTaken = stored.isAnswered || wasAccepted(submissions);
  if (isTaken) return missingMs > giveUpMs ? { kind: 'denied' } : { kind: 'wait', counts: true };
  // A callback reported it.
  if (last === undefined || stored.refund.status !== 'PENDING' || stored.refund.observedAt !== null)
    return NOTHING_SAID;
  // A no, and not there: where no earlier send may have arrived the no is believed now.
  const mayBeEarlier = mayHaveArrivedBefore(submissions, stored.refund, last.attempt);
  if (last.refusal !== null && !mayBeEarlier) return { kind: 'fail', failure: last.refusal };

  const open = submissions.findLast(({ refusal }) => refusal === null) ?? last;
  const silentMs = queriedAt.getTime() - (open.endedAt ?? open.startedAt).getTime();
  const isOver = silentMs > giveUpMs && missingMs > giveUpMs;
  // The no may only mean that the provider has the earlier send, which it does not show yet.
  if (last.refusal !== null) return isOver ? { kind: 'fail', failure: last.refusal } : { kind: 'wait', counts: true };
  if (rules?.repeatIsHarmless === true && missingMs <= giveUpMs) return { kind: 'send-again' };
  if (!isOver) return { kind: 'wait', counts: true };
  return {
    kind: 'fail',
    failure: {
      code: NOT_ACCEPTED,
      message: givenUpWords(round),
      retryable: rules?.repeatIsHarmless === true,
    },
  };
}

/** "No money moves" is said only where nothing can have arrived. */
function givenUpWords(round: readonly Submission[]): string {
  if (round.every(({ outcome }) => outcome === 'not-sent')) {
    return 'The refund never reached the provider: no money moves.';
  }
  return 'The answer to the refund was lost, and the provider, asked again and again, does not know it.';
}
