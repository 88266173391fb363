/** `refund`: one refund by whatever ids the frontend has. */
import { builder } from '../builder.ts';
import { requireAccount } from '../account/account-argument.ts';
import { ReadPolicyEnum } from '../enums.ts';
import { badInput } from '../errors.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { idsNeeded, isEnough } from './ids-needed.ts';
import { requestByRef, loadRefund } from '../loaders.ts';
import { readLookup } from './lookup-argument.ts';
import { RefundType } from './refund.ts';

const RefundKeyInput = builder.inputType('RefundKey', {
  description:
    'An account and at least one id. More ids must all agree. A refund that this server knows is found by any of them; by which ' +
    'of them a provider can be asked about another one stands in the lookupKeys of its account.',
  fields: (t) => ({
    account: t.id({ required: true, description: 'The id of the account, or its key.' }),
    merchantRefundId: t.string({ description: 'Our id of the refund.' }),
    providerRefundId: t.string({ description: 'Their id of the refund.' }),
    merchantPaymentId: t.string({ description: 'Our id of its payment.' }),
    providerPaymentId: t.string({ description: 'Their id of its payment.' }),
  }),
});

const RefundByInput = builder.inputType('RefundBy', {
  description: 'One way to name a refund.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: '`Refund.id`.' }),
    key: t.field({ type: RefundKeyInput, description: 'The ids that people and providers know.' }),
  }),
});

builder.queryField('refund', (t) =>
  t.field({
    type: RefundType,
    nullable: true,
    description:
      'Null when neither the ledger nor the provider knows it. Where the ledger does not know it and the provider can not be asked ' +
      'by the ids of `key`, AUTO gives null too, and PROVIDER an error, BAD_USER_INPUT, which says what ids are needed.',
    args: {
      by: t.arg({ type: RefundByInput, required: true, description: 'Which refund.' }),
      read: t.arg({
        type: ReadPolicyEnum,
        required: true,
        defaultValue: 'AUTO',
        description: 'Whether the provider is asked.',
      }),
    },
    resolve: async (_root, { by, read }, context) => {
      if (by.id !== null && by.id !== undefined) {
        const named = readGlobalId(by.id);
        if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'by.id');
        return context.caller.sees(named.ref.account)
          ? loadRefund(context.loaders, requestByRef(named.ref, read))
          : null;
      }
      if (by.key === null || by.key === undefined) throw badInput('Give either id or key.', 'by');
      const lookup = readLookup(by.key, 'by.key');
      const account = requireAccount(by.key.account, 'by.key.account', context);
      const request = { account: account.key, lookup, read };
      const mustQuery = read === 'PROVIDER' && !isEnough(lookup, account);
      if (mustQuery && (await context.loaders.refunds.load(request)) === null)
        throw badInput(idsNeeded(account), 'by.key');
      return loadRefund(context.loaders, request);
    },
  }),
);
