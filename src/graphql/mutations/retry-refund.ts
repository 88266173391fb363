/** `retryRefund`: a FAILED refund once more, under the same merchantRefundId. */
import type { Refund } from '../../refunds/refund.ts';
import type { RetryResult } from '../../services/submission/retry.ts';
import { builder } from '../builder.ts';
import { badInput } from '../errors.ts';
import { readGlobalId } from '../relay/global-id.ts';
import {
  ForbiddenType,
  invalidInput,
  InvalidInputType,
  NO_ACCOUNT,
  NO_REFUND,
  NO_WRITE,
  NotFoundType,
  paymentBusy,
  PaymentBusyType,
  providerRejected,
  ProviderRejectedType,
} from './mutation-errors.ts';
import { RefundType } from '../refund/refund.ts';

const SuccessType = builder
  .objectRef<{
    readonly type: 'RetryRefundSuccess';
    readonly refund: Refund;
  }>('RetryRefundSuccess')
  .implement({
    description: 'The refund was submitted again.',
    fields: (t) => ({ refund: t.expose('refund', { type: RefundType, description: 'The refund as it is now.' }) }),
  });

const ResultType = builder.unionType('RetryRefundResult', {
  description: 'How a `retryRefund` ended.',
  types: [SuccessType, InvalidInputType, PaymentBusyType, ProviderRejectedType, NotFoundType, ForbiddenType],
  resolveType: ({ type }) => type,
});

builder.mutationField('retryRefund', (t) =>
  t.field({
    type: ResultType,
    nullable: true,
    description:
      'Submits a FAILED refund again under the same merchantRefundId, where the provider allows it: its failure is `retryable`.',
    args: { id: t.arg.id({ required: true, description: 'The id of the refund.' }) },
    resolve: async (_root, { id }, { caller, services }): Promise<typeof ResultType.$inferType> => {
      if (!caller.may('refunds:write')) return NO_WRITE;
      const named = readGlobalId(id);
      if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'id');
      const { account: key, merchantRefundId } = named.ref;
      const account = caller.sees(key) ? services.accounts.get(key) : undefined;
      if (account === undefined) return NO_ACCOUNT;
      return answerOf(await services.retry(account, merchantRefundId, caller.actor));
    },
  }),
);

function answerOf(result: RetryResult): typeof ResultType.$inferType {
  switch (result.kind) {
    case 'retried':
      return { type: 'RetryRefundSuccess', refund: result.refund };
    case 'invalid':
      return invalidInput([{ path: ['id'], code: result.code, message: result.message }]);
    case 'busy':
      return paymentBusy(result.message);
    case 'rejected':
      return providerRejected(result.refund, result.refusal);
    case 'not-found':
      return NO_REFUND;
  }
}
