/** Refund: one shape over all providers. */
import type { Refund, RefundFailure } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { RefundDetailsUnion } from '../details/details.ts';
import { ProviderEnum, RefundStatusEnum } from '../enums.ts';
import { refundGlobalId } from '../relay/global-id.ts';
import { MerchantAccountType } from '../account/merchant-account.ts';
import { MoneyType } from '../money.ts';
import { NodeInterface } from '../relay/node.ts';
import { PaymentType } from '../payment/payment.ts';

const RefundFailureType = builder.objectRef<RefundFailure>('RefundFailure').implement({
  description: 'Why a refund failed.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: true, description: "The provider's own code." }),
    message: t.exposeString('message', { description: "The provider's own words." }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether `retryRefund` may submit this same refund again.',
    }),
  }),
});

/**
 * The account of a refund. A refund whose account has left the configuration is not reachable, so it is
 * always there.
 */
export function accountOf(refund: Pick<Refund, 'account'>, { services }: Context) {
  const account = services.accounts.get(refund.account);
  if (account === undefined) throw new Error(`account ${refund.account} is not configured`);
  return account;
}

export const RefundType = builder.objectRef<Refund>('Refund').implement({
  description: 'Money on its way back to a payer, at whichever provider.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'The same for ever, at every server.', resolve: refundGlobalId }),
    account: t.field({
      type: MerchantAccountType,
      description: 'Where it was made.',
      resolve: (refund, _args, context) => accountOf(refund, context),
    }),
    provider: t.expose('provider', { type: ProviderEnum, description: 'Who moves the money.' }),
    merchantRefundId: t.exposeString('merchantRefundId', {
      description: 'Our id: mchRefundNo, mchRefundOrderId, refundRequestId. Unique in its account.',
    }),
    providerRefundId: t.exposeString('providerRefundId', {
      nullable: true,
      description: 'Their id: channelOrderNo, refundTransactionId, uniqueRefundNo.',
    }),
    payment: t.field({
      type: PaymentType,
      description: 'What it gives back, or a part of it.',
      resolve: ({ account, payment, amount }) => ({ account, currency: amount.currency, facts: payment }),
    }),
    amount: t.expose('amount', { type: MoneyType, description: 'How much is given back.' }),
    feeRefunded: t.expose('feeRefunded', {
      type: MoneyType,
      nullable: true,
      description: 'Fee that comes back to the merchant.',
    }),
    status: t.expose('status', { type: RefundStatusEnum, description: 'Where it is.' }),
    providerStatus: t.exposeString('providerStatus', {
      nullable: true,
      description: "The provider's own word for it.",
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in the words of whoever made it.' }),
    failure: t.expose('failure', {
      type: RefundFailureType,
      nullable: true,
      description: 'Set when status is FAILED.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, where the provider tells it.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the provider last told us this state.',
    }),
    details: t.expose('details', {
      type: RefundDetailsUnion,
      nullable: true,
      description: 'What only this provider tells; null before it has told anything.',
    }),
  }),
});
