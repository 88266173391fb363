/** `payment`: one payment by its ids, with what is known of its refunds. */
import { requireAccount } from '../account/account-argument.ts';
import { builder } from '../builder.ts';
import { ReadPolicyEnum } from '../enums.ts';
import { readLookup } from '../refund/lookup-argument.ts';
import { PaymentType } from './payment.ts';
import { paymentOf } from './shown-payment.ts';

const PaymentKeyInput = builder.inputType('PaymentKey', {
  description: 'An account and at least one of its payment ids.',
  fields: (t) => ({
    account: t.id({ required: true, description: 'The id of the account, or its key.' }),
    merchantPaymentId: t.string({ description: 'Our id of the payment.' }),
    providerPaymentId: t.string({ description: 'Their id of the payment.' }),
  }),
});

builder.queryField('payment', (t) =>
  t.field({
    type: PaymentType,
    nullable: true,
    description: 'Null when no refund of it is known: the providers are asked about refunds, not about payments.',
    args: {
      by: t.arg({ type: PaymentKeyInput, required: true, description: 'Which payment.' }),
      read: t.arg({
        type: ReadPolicyEnum,
        required: true,
        defaultValue: 'AUTO',
        description: 'Whether the provider is asked.',
      }),
    },
    resolve: async (_root, { by, read }, context) => {
      const lookup = readLookup(by, 'by');
      const account = requireAccount(by.account, 'by.account', context);
      const refunds = await context.loaders.refunds.load({ account: account.key, lookup, read });
      const newest = refunds?.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).at(0);
      return newest === undefined ? null : paymentOf(newest);
    },
  }),
);
