/** What to do about a refund that the provider, asked, does not know. Pure; each line has its reason. */
import type { StoredRefund } from '../ledger/stored-refund.ts';
import type { Submission } from '../ledger/submissions.ts';
import type { CreateRules } from '../providers/provider.ts';
import type { RefundFailure } from '../refunds/refund.ts';
import type { Reconciliation } from './pauses.ts';

export interface MissingFacts {
  readonly stored: StoredRefund;
  /** All sends, the first one first. */
  readonly submissions: readonly Submission[];
  /** When the question left. */
  readonly askedAt: Date;
  /** `null`: the account creates no refunds. */
  readonly rules: CreateRules | null;
  readonly reconciliation: Reconciliation;
}

export type MissingDecision =
  /** `counts`: the provider has said that it does not know what was sent. Else the answer says nothing about that. */
  | { readonly kind: 'wait'; readonly counts: boolean }
  | { readonly kind: 'send-again' }
  | { readonly kind: 'fail'; readonly failure: RefundFailure };

const NOTHING_SAID: MissingDecision = { kind: 'wait', counts: false };

/** The failure of a refund that never arrived. */
const NOT_ACCEPTED = 'NOT_ACCEPTED';

/** Decides. What it can't guarantee: that a request which was lost for longer than the give-up time does not arrive after it. */
export function decideMissing(facts: MissingFacts): MissingDecision {
  const { stored, submissions, askedAt, rules, reconciliation } = facts;
  const last = submissions.at(-1);
  // Made elsewhere, or seen at the provider before: that it is not there now proves nothing.
  if (last === undefined || stored.refund.status !== 'PENDING' || stored.refund.observedAt !== null)
    return NOTHING_SAID;

  // The request may still arrive.
  if (stored.answersCountFrom !== null && askedAt <= stored.answersCountFrom) return NOTHING_SAID;
  // A no to a repeat, and still not there: now the no is believed.
  if (last.refusal !== null) return { kind: 'fail', failure: last.refusal };

  const giveUpMs = reconciliation.giveUpAfterSeconds * 1000;
  const silentMs = askedAt.getTime() - (last.endedAt ?? last.startedAt).getTime();
  // From one "not there" to another, without a question in between that had no answer.
  const missingMs = askedAt.getTime() - (stored.missingSince ?? askedAt).getTime();
  // What the provider said it has is never sent again; it is asked about.
  const saidToBeThere = last.outcome === 'known' || last.outcome === 'accepted';
  if (rules?.repeatIsHarmless === true && !saidToBeThere && missingMs <= giveUpMs) return { kind: 'send-again' };
  if (silentMs <= giveUpMs || missingMs <= giveUpMs) return { kind: 'wait', counts: true };
  return {
    kind: 'fail',
    failure: {
      code: NOT_ACCEPTED,
      message: 'The provider has not got this refund: no money moves.',
      // An id that the provider knows for something else would only be refused again.
      retryable: rules?.repeatIsHarmless === true && !saidToBeThere,
    },
  };
}
