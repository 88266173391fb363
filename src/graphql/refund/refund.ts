/** Refund: one shape over all providers. */
import { adviceOn, pendingReason, shownAttention, type ShownAttention } from '../../refunds/attention.ts';
import { numberOf } from '../../refunds/numbers.ts';
import type { Refund, RefundFailure } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { ActorType } from './actor.ts';
import { ProviderEnum, RefundDetailsUnion } from '../details/details.ts';
import { AttentionReasonEnum, PendingReasonEnum, RefundStatusEnum, TimeSourceEnum } from '../enums.ts';
import { refundGlobalId } from '../relay/global-id.ts';
import { MerchantAccountType } from '../account/merchant-account.ts';
import { MoneyType } from '../money.ts';
import { NodeInterface } from '../relay/node.ts';
import { PaymentType } from '../payment/payment.ts';
import { paymentOf } from '../payment/shown-payment.ts';

export const RefundFailureType = builder.objectRef<RefundFailure>('RefundFailure').implement({
  description: 'Why a refund failed.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: true, description: "The provider's own code." }),
    message: t.exposeString('message', { description: "The provider's own words." }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether `retryRefund` may submit this same refund again.',
    }),
  }),
});

export const AttentionType = builder.objectRef<ShownAttention>('RefundAttention').implement({
  description: 'Why a person must look at a refund.',
  fields: (t) => ({
    reason: t.expose('reason', {
      type: AttentionReasonEnum,
      description: 'The first reason, in the order of the enum.',
    }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when this reason holds.' }),
    advice: t.string({ description: 'What to do, in a sentence.', resolve: ({ reason }) => adviceOn(reason) }),
  }),
});

/** The account of a refund, also one that has left the configuration. */
export function accountOf({ account: key }: Pick<Refund, 'account'>, { services }: Context) {
  const account = services.accounts.get(key) ?? services.formerAccounts.get(key);
  if (account === undefined) throw new Error(`account ${key} is not known`);
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
    merchantRefundId: t.string({
      description:
        'Our id: mchRefundNo, mchRefundOrderId, refundRequestId. Unique in its account, unless several merchants of a provider share ' +
        'the account.',
      resolve: ({ merchantRefundId }) => numberOf(merchantRefundId),
    }),
    providerRefundId: t.exposeString('providerRefundId', {
      nullable: true,
      description: 'Their id: channelOrderNo, refundTransactionId, uniqueRefundNo.',
    }),
    payment: t.field({
      type: PaymentType,
      description: 'What it gives back, or a part of it.',
      resolve: paymentOf,
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
    createdAtSource: t.expose('createdAtSource', {
      type: TimeSourceEnum,
      description:
        'PROVIDER, or SERVER where the provider gave no time that can be read: then it is when this server first heard of it.',
    }),
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
    details: t.field({
      type: RefundDetailsUnion,
      nullable: true,
      description: 'What only this provider tells; null before it has told anything.',
      resolve: ({ account, merchantRefundId, details }) =>
        details === null ? null : { ...details, of: { account, merchantRefundId } },
    }),
    version: t.exposeInt('version', {
      description:
        "Counts this refund's own events from 1: of two states of it the one with the greater version is the newer; where they are " +
        'equal the later answer is (nextCheckAt, attempts and what the payment sums up to move without an event).',
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the last event was written.' }),
    attention: t.field({
      type: AttentionType,
      nullable: true,
      description:
        "Why a person must look; null: nobody need. Of several reasons the first in the enum's order. A change of it is an event.",
      resolve: ({ attention }) => shownAttention(attention),
    }),
    pendingReason: t.field({
      type: PendingReasonEnum,
      nullable: true,
      description: 'Why it is not finished; null when it is.',
      resolve: pendingReason,
    }),
    requestedBy: t.field({
      type: ActorType,
      nullable: true,
      description: 'Who asked for it by `createRefund`; null where it was made elsewhere, or before this was kept.',
      resolve: ({ account, merchantRefundId }, _args, { loaders }) =>
        loaders.requesters.load({ account, merchantRefundId }),
    }),
    nextCheckAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the provider is asked next; null: it is not.',
      resolve: ({ account, merchantRefundId }, _args, { loaders }) =>
        loaders.nextChecks.load({ account, merchantRefundId }),
    }),
    attempts: t.exposeInt('attempts', { description: 'Sends so far; 0 of a refund that was made elsewhere.' }),
  }),
});
