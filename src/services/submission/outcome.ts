/** What the outcome of a send says of its refund. Pure. */
import type { Submission } from '../../ledger/submissions.ts';
import type { SubmissionOutcome } from '../../ledger/tables.ts';
import type { CreateOutcome, ProviderAccount } from '../../providers/provider.ts';
import type { RefundUpdate } from '../../refunds/update.ts';
import type { Refund, RefundFailure } from '../../refunds/refund.ts';
import { roundOf } from './round.ts';

export type Sent =
  /** The provider has it, or nobody knows yet. `known`: it had it before this send. */
  | { readonly kind: 'sent'; readonly refund: Refund; readonly known: boolean }
  /** The provider has another refund under this id. */
  | { readonly kind: 'other'; readonly refund: Refund }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: RefundFailure }
  | { readonly kind: 'busy'; readonly refund: Refund; readonly message: string };

/**
 * Whether an outcome that says "not taken" must be checked by a query. A first send may repeat one that the
 * ledger forgot: then the provider has the refund, whichever of its rules its answer names. And a no may hide
 * an execution.
 */
export function needsCheck(account: ProviderAccount, attempt: number, outcome: CreateOutcome): boolean {
  switch (outcome.kind) {
    case 'known':
    case 'busy':
      return attempt === 1;
    case 'refused':
      // Without a code it was refused here, and nothing was sent.
      return outcome.code !== null && (attempt === 1 || mayHideExecution(account, outcome));
    case 'accepted':
    case 'accepted-unread':
    case 'not-sent':
    case 'unknown':
      return false;
  }
}

/** The provider's rules, or its answer, leave open that the refund was executed although it was refused. */
export const mayHideExecution = (
  { create }: ProviderAccount,
  { isDoubted }: Extract<CreateOutcome, { kind: 'refused' }>,
): boolean => isDoubted ?? create?.rules.noIsCertain === false;

/**
 * What an outcome, taken at its word, says of the refund, and whether the provider is to be queried at once.
 */
export function meaningOf(
  outcome: CreateOutcome,
  refund: Refund,
): { readonly update: RefundUpdate | null; readonly refusal: RefundFailure | null; readonly queryNow: boolean } {
  switch (outcome.kind) {
    case 'accepted':
      return { update: outcome.observation, refusal: null, queryNow: false };
    case 'known':
    case 'accepted-unread':
      return { update: null, refusal: null, queryNow: true };
    case 'refused': {
      const { code, message, retryable } = outcome;
      const refusal = { code, message, retryable };
      return { update: failedUpdate(refund, refusal), refusal, queryNow: false };
    }
    case 'busy': {
      // Not taken at all, so the same refund may be submitted again.
      const refusal = { code: outcome.code, message: outcome.message, retryable: true };
      return { update: failedUpdate(refund, refusal), refusal, queryNow: false };
    }
    case 'not-sent':
    case 'unknown':
      return { update: null, refusal: null, queryNow: false };
  }
}

/**
 * Whether an earlier send may have arrived unseen. Then a refusal of this one may only mean that the provider
 * has the first. It is believed when the provider, when queried later, still does not know the refund.
 */
export function mayHaveArrivedBefore(submissions: readonly Submission[], refund: Refund, attempt: number): boolean {
  const begun = submissions.filter((one) => one.attempt <= attempt);
  // Where the provider was ever seen to have the refund, its own FAILED ended what was sent before this
  // round.
  const isSettled = refund.providerRefundId !== null;
  const round = isSettled ? roundOf(begun) : begun;
  const earlier = round.filter((one) => one.attempt < attempt);
  return earlier.some(({ outcome }) => outcome === null || outcome === 'unknown' || outcome === 'accepted-unread');
}

/**
 * What the caller is told. `known`: the provider had the refund before, so a failure is no answer to this
 * send.
 */
export function sentOf(
  kind: SubmissionOutcome,
  refund: Refund,
  { refusal, known }: { readonly refusal: RefundFailure | null; readonly known: boolean },
): Sent {
  if (refund.status !== 'FAILED' || known) return { kind: 'sent', refund, known };
  if (kind === 'busy' && refusal !== null) return { kind: 'busy', refund, message: refusal.message };
  const reason = refusal ?? refund.failure ?? { code: null, message: 'The provider gave no reason.', retryable: false };
  return { kind: 'rejected', refund, refusal: reason };
}

/** A failure that we conclude, without a record of the provider's. */
export const failedUpdate = (refund: Refund, failure: RefundFailure): RefundUpdate => ({
  provider: refund.provider,
  merchantRefundId: refund.merchantRefundId,
  providerRefundId: null,
  merchantPaymentId: null,
  providerPaymentId: null,
  paymentAmount: null,
  amount: refund.amount,
  feeRefunded: null,
  status: 'FAILED',
  providerStatus: null,
  reason: null,
  failure,
  createdAt: null,
  completedAt: null,
  details: null,
  raw: null,
});
