/**
 * What a refund is after a piece of news: `null` and empty never erase, and what belongs to a left status
 * goes with it.
 */
import { sameMoney, type Money } from './money.ts';
import type { RefundObservation } from './observation.ts';
import { isFinished } from './read-policy.ts';
import type { Refund, RefundDetails } from './refund.ts';

/**
 * An observation, or what a service concludes itself without a record of the provider's (a refusal, giving
 * up): `raw` is null.
 */
export type RefundNews = Omit<RefundObservation, 'raw'> & { readonly raw: string | null };

/**
 * How far news is believed about what is known already. change: it brings a new status, all that it says is
 * taken. correct: an answer to our question, it may correct. fill: pushed to us, in any order, so it only
 * fills gaps.
 */
export type Belief = 'change' | 'correct' | 'fill';

/**
 * The refund after news that was judged `same` or `change`. Its payment and `observedAt` are the ledger's
 * business.
 */
export function withNews(known: Refund, news: RefundNews, belief: Belief): Refund {
  const pick = <Value>(before: Value | null, told: Value | null): Value | null =>
    belief === 'fill' ? (before ?? told) : (told ?? before);
  const isChange = belief === 'change';
  const ended = isFinished(news.status);
  const isOurTime = known.createdAtSource === 'SERVER';
  const keepsCreatedAt = belief === 'fill' && !isOurTime;
  return {
    ...known,
    providerRefundId: pick(known.providerRefundId, news.providerRefundId),
    feeRefunded: pick(known.feeRefunded, news.feeRefunded),
    status: news.status,
    providerStatus: providerWord(known.providerStatus, news, belief),
    reason: pick(known.reason, news.reason),
    failure: news.status !== 'FAILED' ? null : isChange ? news.failure : pick(known.failure, news.failure),
    createdAt: keepsCreatedAt ? known.createdAt : (news.createdAt ?? known.createdAt),
    createdAtSource: isOurTime && news.createdAt === null ? 'SERVER' : 'PROVIDER',
    completedAt: !ended ? null : isChange ? news.completedAt : pick(known.completedAt, news.completedAt),
    details: withDetails(known.details, news.details, belief),
  };
}

/**
 * At an end the word that ended it stays: a provider spells the same end in several ways (COMPLETE,
 * COMPLETED).
 */
function providerWord(known: string | null, news: RefundNews, belief: Belief): string | null {
  if (belief === 'change') return news.providerStatus;
  return belief === 'fill' || isFinished(news.status) ? (known ?? news.providerStatus) : (news.providerStatus ?? known);
}

function withDetails(known: RefundDetails | null, told: RefundDetails | null, belief: Belief): RefundDetails | null {
  if (known === null || told === null) return told ?? known;
  if (known.provider !== told.provider) return known;
  return belief === 'fill' ? filled(known, told) : filled(told, known);
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

/** The first, with what it leaves open taken from the second, member by member. */
function filled<Details extends RefundDetails>(first: Details, second: Details): Details {
  const told = Object.fromEntries(Object.entries(first).filter(([, value]) => !isEmpty(value)));
  return { ...second, ...told };
}

/**
 * The members in which news contradicts what can't change: then it is about something else, or wrong, and is
 * not believed. A provider that takes a failed refund again may give the new attempt a new id.
 */
export function contradictions(known: Refund, news: RefundNews, retryFailed: boolean): readonly string[] {
  const differ = (one: string | null, other: string | null): boolean => one !== null && other !== null && one !== other;
  const { payment } = known;
  const paid = paidIn(news);
  const checks: readonly (readonly [string, boolean])[] = [
    ['amount', !sameMoney(known.amount, news.amount)],
    ['feeRefunded', news.feeRefunded !== null && news.feeRefunded.currency !== known.amount.currency],
    ['providerRefundId', !retryFailed && differ(known.providerRefundId, news.providerRefundId)],
    ['merchantPaymentId', differ(payment.merchantPaymentId, news.merchantPaymentId)],
    ['providerPaymentId', differ(payment.providerPaymentId, news.providerPaymentId)],
    ['paymentAmount', payment.amount !== null && paid !== null && !sameMoney(payment.amount, paid)],
  ];
  return checks.flatMap(([member, wrong]) => (wrong ? [member] : []));
}

/** The amount of the payment that news tells; null where it tells none: a payment of nothing is none. */
export const paidIn = ({ paymentAmount }: RefundNews): Money | null =>
  paymentAmount !== null && paymentAmount.minorUnits > 0n ? paymentAmount : null;
