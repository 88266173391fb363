/** An update that is believed: the refund after it, and whether the change is an event. */
import { isDeepStrictEqual } from 'node:util';
import { withEvent } from '../../ledger/events.ts';
import { rowOf } from '../../ledger/payment/payments.ts';
import { digestOf, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import { attentionAfter, showsSame } from '../../refunds/attention.ts';
import { filledUp, paymentFactsOf } from '../../refunds/payment.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { StatusVerdict } from '../../refunds/status.ts';
import { mergeUpdate, type MergePolicy } from '../../refunds/update.ts';
import type { Case, Judged, ObservationContext, ObservedChange } from './judged.ts';

/**
 * Milliseconds by which `observed_at` lags at most behind the last time that the provider said the same
 * again.
 */
export const OBSERVED_EVERY_MS = 1_000;

/**
 * The refund after an update that is believed. `isLater`: nothing says that its query was sent before the
 * stored state was observed.
 */
export function accept(
  context: ObservationContext,
  { stored, incoming, payment }: Case<StoredWithRecord>,
  { meaning, queryAgain, isLater }: StatusVerdict & { readonly isLater: boolean },
): Judged {
  const isReply = (context.via === 'QUERY' || context.via === 'POLL') && isLater;
  const policy: MergePolicy = meaning === 'change' ? 'replace' : isReply ? 'overwrite' : 'fillGaps';
  const isMoved =
    payment !== null && (stored.refund.paymentRow === null || stored.refund.paymentRow.id === payment.payment.id);
  const merged: Refund = {
    ...mergeUpdate(stored.refund, incoming, policy),
    // While the payment was not looked up, what the update says about it.
    payment: isMoved ? payment.payment.facts : filledUp(stored.refund.payment, paymentFactsOf(incoming)),
    paymentRow: isMoved ? rowOf(payment.payment) : stored.refund.paymentRow,
  };
  const isAnswer = (isReply || context.via === 'MUTATION') && incoming.raw !== null;
  const attention = attentionAfter({
    refund: merged,
    isUndecided: policy === 'fillGaps' && incoming.undecided !== true ? null : incoming.undecided === true,
    isAnswer,
    queriedAt: context.queriedAt ?? null,
    at: context.at,
  });
  const isNew = !isDeepStrictEqual(merged, stored.refund);
  const change = changeOf(meaning, { isNew, isShown: !showsSame(attention, stored.refund.attention) });
  const isAnswered = stored.isAnswered || isAnswer;
  const isWritten =
    change !== 'NONE' || isAnswered !== stored.isAnswered || !isDeepStrictEqual(attention, stored.refund.attention);

  const { observedAt } = stored.refund;
  const since = observedAt === null ? Infinity : context.at.getTime() - observedAt.getTime();
  const isObserved = isNew ? since > 0 : since >= OBSERVED_EVERY_MS;
  const digest = incoming.raw === null ? null : digestOf(incoming.raw);
  const keepsRecord =
    digest !== null &&
    digest !== stored.recordDigest &&
    (isNew || policy !== 'fillGaps' || stored.recordDigest === null);
  const refund: Refund = { ...merged, attention, observedAt: isObserved ? context.at : observedAt };
  return {
    incoming,
    before: stored,
    after: {
      ...stored,
      refund: change === 'NONE' ? refund : withEvent(refund, context.at),
      isAnswered,
      hasLeftFailed: stored.hasLeftFailed || (stored.refund.status === 'FAILED' && refund.status !== 'FAILED'),
      revision: isWritten ? stored.revision + 1 : stored.revision,
      recordDigest: keepsRecord ? digest : stored.recordDigest,
    },
    change,
    // A callback about a refund that its provider denies proves little: it is queried again.
    queryAgain: queryAgain || (context.via === 'CALLBACK' && attention.DENIED !== undefined),
    believed: true,
    repeats: isLater && !isWritten && !keepsRecord && !queryAgain && Object.keys(attention).length === 0,
    keepsRecord,
    contradiction: null,
  };
}

/**
 * A change of attention that comes with others is a part of their event. `isShown`: what is shown of the
 * attention differs.
 */
function changeOf(
  meaning: StatusVerdict['meaning'],
  { isNew, isShown }: { readonly isNew: boolean; readonly isShown: boolean },
): ObservedChange {
  if (meaning === 'change') return 'STATUS_CHANGED';
  if (isNew) return 'DETAILS_CHANGED';
  return isShown ? 'ATTENTION_CHANGED' : 'NONE';
}
