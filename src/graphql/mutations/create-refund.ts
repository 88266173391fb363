/** `createRefund`. Send it as often as you like with one key: there is one refund. */
import type { Refund } from '../../refunds/refund.ts';
import type { CreateResult } from '../../services/submission/create.ts';
import { visibleAccount } from '../account/account-argument.ts';
import { builder } from '../builder.ts';
import { wherePaymentIdIsTaken } from '../details/details.ts';
import { ShoutuRefundModeEnum } from '../details/shoutu.ts';
import {
  AmountExceedsPaymentType,
  ForbiddenType,
  IdempotencyConflictType,
  invalidInput,
  InvalidInputType,
  NO_ACCOUNT,
  NO_WRITE,
  paymentBusy,
  PaymentBusyType,
  providerRejected,
  ProviderRejectedType,
} from './mutation-errors.ts';
import { RefundType } from '../refund/refund.ts';

const MoneyInput = builder.inputType('MoneyInput', {
  description: 'An amount and its currency.',
  fields: (t) => ({
    amount: t.field({
      type: 'Decimal',
      required: true,
      description: 'In the major unit, e.g. "12.92". Never rounded: more decimals than the currency has are refused.',
    }),
    currency: t.field({ type: 'CurrencyCode', required: true, description: "The account's currency." }),
  }),
});

const ShoutuInput = builder.inputType('ShoutuRefundInput', {
  description: 'What only Shoutu takes.',
  fields: (t) => ({
    refundMode: t.field({
      type: ShoutuRefundModeEnum,
      required: true,
      defaultValue: 'ENTIRE_REFUND',
      description: 'Whether the payment is given back as a whole or one fee item of it.',
    }),
    businessId: t.string({
      description:
        'The id of the fee item in your own system; at most 128 characters, neither & nor =. ITEMIZED_REFUND needs it.',
    }),
    extension: t.field({
      type: 'JSON',
      description:
        'extJsonb: whose refund it is. For business of a reader the gateway demands readerCardNo, readerIDNumber and readerName. ' +
        'At most 4096 characters of JSON; kept, signed and never logged.',
    }),
    channelExtra: t.field({ type: 'JSON', description: 'For the payment channel; as `extension`.' }),
  }),
});

const CreateInputType = builder.inputType('CreateRefundInput', {
  description:
    'Which refund you want. An id with white space at an end is refused: providers would read it as another one.',
  fields: (t) => ({
    idempotencyKey: t.string({
      required: true,
      description:
        'Yours, 1 to 255 characters without white space at an end, one for each refund that you want; unique in its ' +
        'account. Repeat the call with the same key and the same input and you get the same refund, or the same ' +
        'refusal, never a second refund.',
    }),
    account: t.id({ required: true, description: 'The id of the account, or its key.' }),
    merchantRefundId: t.string({
      description:
        'Ours; letters and digits, at most 32. Left out, it is made of account and idempotencyKey: always the same for the same key.',
    }),
    merchantPaymentId: t.string({
      description: `The payment to give back, by our id. ${wherePaymentIdIsTaken('merchantPaymentId')}`,
    }),
    providerPaymentId: t.string({
      description: `The payment to give back, by their id. ${wherePaymentIdIsTaken('providerPaymentId')}`,
    }),
    amount: t.field({ type: MoneyInput, required: true, description: 'How much to give back; more than zero.' }),
    paymentAmount: t.field({
      type: MoneyInput,
      description:
        'What was paid, where you know it and the provider does not tell: kept, and guards every later refund of this ' +
        'payment. Part of the input that a key stands for. Other than what is known already: an issue CONTRADICTS_KNOWN, ' +
        'and nothing is sent. What the provider says wins.',
    }),
    reason: t.string({
      description: 'Why, in words for the provider and the payer. How long it may be depends on the provider.',
    }),
    shoutu: t.field({ type: ShoutuInput, description: 'Only for an account of Shoutu.' }),
  }),
});

const SuccessType = builder
  .objectRef<{
    readonly type: 'CreateRefundSuccess';
    readonly refund: Refund;
    readonly replayed: boolean;
  }>('CreateRefundSuccess')
  .implement({
    description: 'There is one refund for this key, and this is it.',
    fields: (t) => ({
      refund: t.expose('refund', {
        type: RefundType,
        description: 'PENDING when the provider has not answered (yet): follow it with `refundUpdated`, make no other.',
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'True when this call repeated an earlier one, or the provider had the refund before.',
      }),
    }),
  });

const ResultType = builder.unionType('CreateRefundResult', {
  description: 'How a `createRefund` ended.',
  types: [
    SuccessType,
    InvalidInputType,
    IdempotencyConflictType,
    AmountExceedsPaymentType,
    PaymentBusyType,
    ProviderRejectedType,
    ForbiddenType,
  ],
  resolveType: ({ type }) => type,
});

builder.mutationField('createRefund', (t) =>
  t.field({
    type: ResultType,
    nullable: true,
    description:
      "Gives money back, once. When the provider's answer is lost the refund comes back as PENDING and is settled by query, " +
      'never by a second refund.',
    args: { input: t.arg({ type: CreateInputType, required: true, description: 'The refund that you want.' }) },
    resolve: async (_root, { input }, context): Promise<typeof ResultType.$inferType> => {
      if (!context.caller.may('refunds:write')) return NO_WRITE;
      const account = visibleAccount(input.account, context);
      if (account === null) return NO_ACCOUNT;
      const { shoutu } = input;
      const result = await context.services.create(account, {
        idempotencyKey: input.idempotencyKey,
        merchantRefundId: input.merchantRefundId ?? null,
        merchantPaymentId: input.merchantPaymentId ?? null,
        providerPaymentId: input.providerPaymentId ?? null,
        amount: input.amount,
        paymentAmount: input.paymentAmount ?? null,
        reason: input.reason ?? null,
        options: shoutu
          ? {
              provider: 'SHOUTU',
              refundMode: shoutu.refundMode,
              businessId: shoutu.businessId ?? null,
              extension: shoutu.extension ?? null,
              channelExtra: shoutu.channelExtra ?? null,
            }
          : null,
        actor: context.caller.actor,
      });
      return answerOf(result);
    },
  }),
);

function answerOf(result: CreateResult): typeof ResultType.$inferType {
  switch (result.kind) {
    case 'created':
      return { type: 'CreateRefundSuccess', refund: result.refund, replayed: result.replayed };
    case 'invalid':
      return invalidInput(result.issues);
    case 'conflict':
      return { type: 'IdempotencyConflictError', message: result.message, existing: result.existing };
    case 'exceeds': {
      const message = 'More than is left of the payment; nothing was sent.';
      return { type: 'AmountExceedsPaymentError', message, refundable: result.refundable };
    }
    case 'busy':
      return paymentBusy(result.message);
    case 'rejected':
      return providerRejected(result.refund, result.refusal);
  }
}
