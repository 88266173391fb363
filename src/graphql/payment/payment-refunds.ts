/** Payment.refunds and Payment.refundedAmount, from the ledger: all that is known of the payment. */
import { NO_CONDITIONS, type RefundConditions } from '../../refunds/filter.ts';
import { readWindow } from '../../paging/window.ts';
import type { PaymentFacts } from '../../refunds/refund.ts';
import { asksForTotals } from '../refund/asked-totals.ts';
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';
import { asPaging, pageCost, pagingArguments } from '../relay/paging-arguments.ts';
import { PaymentType } from './payment.ts';
import { readWalk } from '../refund/walk.ts';
import { RefundConnectionType } from '../refund/refund-connection.ts';

/** One id names the payment; the ledger joins both as soon as it has seen them together. */
const conditionsOf = ({ merchantPaymentId, providerPaymentId }: PaymentFacts): RefundConditions =>
  providerPaymentId === null ? { ...NO_CONDITIONS, merchantPaymentId } : { ...NO_CONDITIONS, providerPaymentId };

builder.objectFields(PaymentType, (t) => ({
  refunds: t.field({
    type: RefundConnectionType,
    nullable: true,
    description: 'All refunds of this payment that are known here, newest first.',
    args: pagingArguments(),
    complexity: pageCost,
    resolve: ({ account, facts }, args, { services, signal }, info) =>
      asPaging(() => {
        const which = {
          accounts: [account],
          conditions: conditionsOf(facts),
          direction: 'DESC',
          read: 'LEDGER',
        } as const;
        const withTotals = asksForTotals(info);
        return readWalk(readWindow(args), services.feed.end, (window) =>
          services.list({ ...which, window, withTotals }, signal),
        );
      }),
  }),
  refundedAmount: t.field({
    type: MoneyType,
    description: 'The sum of those that neither failed nor were canceled.',
    resolve: async ({ account, currency, facts }, _args, { loaders }) => ({
      minorUnits: await loaders.refunded.load({ account, ...facts }),
      currency,
    }),
  }),
}));
