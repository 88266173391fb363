/** What is known about the payment of a refund. Pure. `null` means "not known", and erases nothing. */
import { sameMoney } from './money.ts';
import type { RefundObservation } from './observation.ts';
import type { PaymentFacts } from './refund.ts';

/** What an update says about the payment. An amount of zero says nothing: a payment of nothing is none. */
export const paymentFactsOf = ({
  merchantPaymentId,
  providerPaymentId,
  paymentAmount: amount,
}: Pick<RefundObservation, 'merchantPaymentId' | 'providerPaymentId' | 'paymentAmount'>): PaymentFacts => ({
  merchantPaymentId,
  providerPaymentId,
  amount: amount !== null && amount.minorUnits > 0n ? amount : null,
});

/** Whether the incoming facts have an id or the amount where the stored ones have none. */
export const tellsMore = (stored: PaymentFacts, incoming: PaymentFacts): boolean =>
  (stored.merchantPaymentId === null && incoming.merchantPaymentId !== null) ||
  (stored.providerPaymentId === null && incoming.providerPaymentId !== null) ||
  (stored.amount === null && incoming.amount !== null);

/** The stored facts, with their gaps filled from the incoming ones. */
export const filledUp = (stored: PaymentFacts, incoming: PaymentFacts): PaymentFacts => ({
  merchantPaymentId: stored.merchantPaymentId ?? incoming.merchantPaymentId,
  providerPaymentId: stored.providerPaymentId ?? incoming.providerPaymentId,
  amount: stored.amount ?? incoming.amount,
});

/** The facts that both know, and in which they differ: then they are about two payments, or one is wrong. */
export function differingFacts(one: PaymentFacts, other: PaymentFacts): readonly (keyof PaymentFacts)[] {
  const ids = (['merchantPaymentId', 'providerPaymentId'] as const).filter(
    (name) => one[name] !== null && other[name] !== null && one[name] !== other[name],
  );
  const isOtherAmount = one.amount !== null && other.amount !== null && !sameMoney(one.amount, other.amount);
  return isOtherAmount ? [...ids, 'amount'] : ids;
}
