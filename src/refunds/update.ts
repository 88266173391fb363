/**
 * What a refund is after an update: `null` and empty values never erase, and what belongs to a left status
 * goes with it.
 */
import { sameMoney } from './money.ts';
import type { RefundObservation } from './observation.ts';
import { differingFacts, paymentFactsOf } from './payment.ts';
import { isFinished, type Refund, type RefundDetails } from './refund.ts';

/**
 * An observation, or what a service concludes itself without a record of the provider's (a refusal, giving
 * up): `raw` is null.
 */
export type RefundUpdate = Omit<RefundObservation, 'raw'> & { readonly raw: string | null };

/**
 * How an update is merged into the stored refund. replace: it brings a new status, and all that it says is
 * taken. overwrite: an answer to our query may correct stored values. fillGaps: what is pushed to us comes in
 * any order, so it only fills what is missing.
 */
export type MergePolicy = 'replace' | 'overwrite' | 'fillGaps';

/**
 * The refund after an update that was judged `same` or `change`. The ledger adds its payment and
 * `observedAt`.
 */
export function mergeUpdate(stored: Refund, incoming: RefundUpdate, policy: MergePolicy): Refund {
  const pick = <Value>(before: Value | null, now: Value | null): Value | null =>
    policy === 'fillGaps' ? (before ?? now) : (now ?? before);
  const isReplaced = policy === 'replace';
  const ended = isFinished(incoming.status);
  const isOurTime = stored.createdAtSource === 'SERVER';
  const keepsCreatedAt = policy === 'fillGaps' && !isOurTime;
  return {
    ...stored,
    providerRefundId: pick(stored.providerRefundId, incoming.providerRefundId),
    feeRefunded: pick(stored.feeRefunded, incoming.feeRefunded),
    status: incoming.status,
    providerStatus: providerWord(stored.providerStatus, incoming, policy),
    reason: pick(stored.reason, incoming.reason),
    failure:
      incoming.status !== 'FAILED' ? null : isReplaced ? incoming.failure : pick(stored.failure, incoming.failure),
    createdAt: keepsCreatedAt ? stored.createdAt : (incoming.createdAt ?? stored.createdAt),
    createdAtSource: isOurTime && incoming.createdAt === null ? 'SERVER' : 'PROVIDER',
    completedAt: !ended ? null : isReplaced ? incoming.completedAt : pick(stored.completedAt, incoming.completedAt),
    details: mergeDetails(stored.details, incoming.details, policy),
  };
}

/**
 * The word that ended a refund stays: a provider spells the same end in several ways (COMPLETE, COMPLETED).
 */
function providerWord(stored: string | null, incoming: RefundUpdate, policy: MergePolicy): string | null {
  if (policy === 'replace') return incoming.providerStatus;
  return policy === 'fillGaps' || isFinished(incoming.status)
    ? (stored ?? incoming.providerStatus)
    : (incoming.providerStatus ?? stored);
}

/** Member by member: what the one that counts leaves open is taken from the other. */
function mergeDetails(
  stored: RefundDetails | null,
  incoming: RefundDetails | null,
  policy: MergePolicy,
): RefundDetails | null {
  if (stored === null || incoming === null) return incoming ?? stored;
  if (stored.provider !== incoming.provider) return stored;
  const [first, second] = policy === 'fillGaps' ? [stored, incoming] : [incoming, stored];
  const isOpen = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);
  return { ...second, ...Object.fromEntries(Object.entries(first).filter(([, value]) => !isOpen(value))) };
}

/**
 * The members in which an update contradicts what can't change: then it is about something else, or wrong,
 * and is not believed. A provider that takes a failed refund again may give the new attempt a new id.
 */
export function contradictions(
  stored: Refund,
  incoming: RefundUpdate,
  { retryFailed }: { readonly retryFailed: boolean },
): readonly string[] {
  const { providerRefundId: id } = incoming;
  const isOtherFee = incoming.feeRefunded !== null && incoming.feeRefunded.currency !== stored.amount.currency;
  const isOtherId = stored.providerRefundId !== null && id !== null && stored.providerRefundId !== id;
  const paymentMembers = differingFacts(stored.payment, paymentFactsOf(incoming));
  return [
    ...(sameMoney(stored.amount, incoming.amount) ? [] : ['amount']),
    ...(isOtherFee ? ['feeRefunded'] : []),
    ...(isOtherId && !retryFailed ? ['providerRefundId'] : []),
    ...paymentMembers.map((member) => (member === 'amount' ? 'paymentAmount' : member)),
  ];
}
