/** What only TiPay tells about a refund. */
import type { TiPayDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';

const FundingAccountType = builder.objectRef<TiPayDetails['fundingAccounts'][number]>('TiPayFundingAccount').implement({
  description: 'One of the accounts that the money of a refund was taken from.',
  fields: (t) => ({
    accountType: t.exposeString('accountType'),
    amount: t.expose('amount', { type: MoneyType }),
  }),
});

export const TiPayDetailsType = builder.objectRef<TiPayDetails>('TiPayRefundDetails').implement({
  fields: (t) => ({
    uniqueOrderNo: t.exposeString('uniqueOrderNo', { nullable: true }),
    realRefundAmount: t.expose('realRefundAmount', { type: MoneyType, nullable: true }),
    cashRefundAmount: t.expose('cashRefundAmount', {
      type: MoneyType,
      nullable: true,
      description: 'What the payer really got back (cashRefundFee).',
    }),
    fundingAccounts: t.field({ type: [FundingAccountType], resolve: ({ fundingAccounts }) => fundingAccounts }),
    channelReceiverInfo: t.expose('channelReceiverInfo', { type: 'JSON', nullable: true }),
    actionNeeded: t.exposeBoolean('actionNeeded', {
      description:
        "The refund is interrupted (TiPay's status SUSPEND) and stays PROCESSING until somebody supplies data for it, or ends it, in TiPay's console.",
    }),
  }),
});
