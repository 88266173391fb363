/** Payments as they are shown: of a refund, or by their own id. */
import type { KnownPayment } from '../../ledger/payment/payments.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Context } from '../context.ts';

/** A payment as it is shown; `of`: no id of it is known, so that this refund is all that is known of it. */
export interface ShownPayment extends Omit<KnownPayment, 'id'> {
  readonly kind: 'payment';
  readonly named: { readonly id: string } | { readonly of: Refund };
}

/** The payment that a refund gives back. */
export const paymentOf = (refund: Refund): ShownPayment => ({
  kind: 'payment',
  account: refund.account,
  currency: refund.amount.currency,
  facts: refund.payment,
  claimed: refund.paymentRow?.claimed ?? null,
  named: refund.paymentRow === null ? { of: refund } : { id: refund.paymentRow.id },
});

/** The payment with an id. Null: the id names nothing, or nothing of which a refund is known. */
export async function findPayment(account: KnownPayment['account'], id: string, { services }: Context) {
  const found = await services.payment(account, id);
  return found === null ? null : ({ kind: 'payment', ...found, named: { id: found.id } } as const);
}
