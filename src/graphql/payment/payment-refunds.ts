/** What is known of a payment by its refunds, from the ledger, and its account. */
import { NO_CONDITIONS, type RefundConditions } from '../../refunds/filter.ts';
import { exactly } from '../../refunds/numbers.ts';
import { readWindow } from '../../paging/window.ts';
import { MerchantAccountType } from '../account/merchant-account.ts';
import { asksForTotals } from '../refund/asked-totals.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { MoneyType } from '../money.ts';
import { asPaging, pageCost, pagingArguments } from '../relay/paging-arguments.ts';
import { PaymentType } from './payment.ts';
import { paidAmount } from '../../ledger/payment/payments.ts';
import type { ShownPayment } from './shown-payment.ts';
import { accountOf } from '../refund/refund.ts';
import { readWalk } from '../refund/walk.ts';
import { RefundConnectionType } from '../refund/refund-connection.ts';

/** One id names the payment; the ledger joins both as soon as it has seen them together. */
function conditionsOf({ facts: { merchantPaymentId, providerPaymentId }, named }: ShownPayment): RefundConditions {
  if ('of' in named) return { ...NO_CONDITIONS, merchantRefundId: exactly(named.of.merchantRefundId) };
  return providerPaymentId === null ? { ...NO_CONDITIONS, merchantPaymentId } : { ...NO_CONDITIONS, providerPaymentId };
}

/** Minor units of its refunds that neither failed nor were canceled. */
async function refundedOf({ account, facts, named }: ShownPayment, { loaders }: Context): Promise<bigint> {
  if (!('of' in named)) return loaders.refunded.load({ account, ...facts });
  const { status, amount } = named.of;
  return status === 'FAILED' || status === 'CANCELED' ? 0n : amount.minorUnits;
}

builder.objectFields(PaymentType, (t) => ({
  account: t.field({
    type: MerchantAccountType,
    description: 'Where it was made.',
    resolve: (payment, _args, context) => accountOf(payment, context),
  }),
  refunds: t.field({
    type: RefundConnectionType,
    nullable: true,
    description: 'All refunds of this payment that are known here, newest first.',
    args: pagingArguments(),
    complexity: pageCost,
    resolve: (payment, args, { services, signal }, info) =>
      asPaging(() => {
        const which = {
          accounts: [payment.account],
          conditions: conditionsOf(payment),
          direction: 'DESC',
          read: 'LEDGER',
          withTotals: asksForTotals(info),
        } as const;
        return readWalk(readWindow(args), services.feed, (window) => services.list({ ...which, window }, signal));
      }),
  }),
  refundedAmount: t.field({
    type: MoneyType,
    description: 'The sum of those that neither failed nor were canceled.',
    resolve: async (payment, _args, context) => ({
      minorUnits: await refundedOf(payment, context),
      currency: payment.currency,
    }),
  }),
  refundable: t.field({
    type: MoneyType,
    nullable: true,
    description:
      "What may still be given back, pending refunds counted as given; null as long as the payment's amount is not known.",
    resolve: async (payment, _args, context) => {
      const amount = paidAmount(payment);
      if (amount === null) return null;
      const left = amount.minorUnits - (await refundedOf(payment, context));
      return { ...amount, minorUnits: left > 0n ? left : 0n };
    },
  }),
}));
