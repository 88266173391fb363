/** What only TiPay tells about a refund. */
import type { TiPayDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { readPersonalData, type Owned } from '../personal-data.ts';
import { MoneyType } from '../money.ts';

const FundingAccountType = builder
  .objectRef<NonNullable<TiPayDetails['fundingAccounts']>[number]>('TiPayFundingAccount')
  .implement({
    description: 'One of the accounts that the money of a refund was taken from.',
    fields: (t) => ({
      accountType: t.exposeString('accountType', { description: "TiPay's word for the kind of account." }),
      amount: t.expose('amount', { type: MoneyType, description: 'What was taken from it.' }),
    }),
  });

export const TiPayDetailsType = builder.objectRef<Owned<TiPayDetails>>('TiPayRefundDetails').implement({
  description: 'What only TiPay tells about a refund. Null: it did not tell.',
  fields: (t) => ({
    uniqueOrderNo: t.exposeString('uniqueOrderNo', { nullable: true, description: "TiPay's id of the payment." }),
    realRefundAmount: t.expose('realRefundAmount', {
      type: MoneyType,
      nullable: true,
      description: 'What TiPay really gave back (realRefundAmount).',
    }),
    cashRefundAmount: t.expose('cashRefundAmount', {
      type: MoneyType,
      nullable: true,
      description: 'What the payer really got back (cashRefundFee).',
    }),
    fundingAccounts: t.field({
      type: [FundingAccountType],
      nullable: true,
      description: 'The accounts that the money was taken from; null where they can not be read.',
      resolve: ({ fundingAccounts }) => fundingAccounts,
    }),
    channelReceiverInfo: t.field({
      type: 'JSON',
      nullable: true,
      description: "The payee's accounts that the payment channel sent the money to. Needs the scope refunds:raw.",
      resolve: ({ channelReceiverInfo, of }, _args, context) => {
        readPersonalData(context, of, 'channelReceiverInfo');
        return channelReceiverInfo;
      },
    }),
    actionNeeded: t.exposeBoolean('actionNeeded', {
      description:
        "The refund is interrupted (TiPay's status SUSPEND) and stays PROCESSING until somebody supplies data for it, or ends it, in TiPay's console.",
    }),
  }),
});
