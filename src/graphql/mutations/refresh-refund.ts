/** `refreshRefund`: the provider is queried now. */
import type { Refund } from '../../refunds/refund.ts';
import type { RefreshResult } from '../../services/reading/refresh.ts';
import { builder } from '../builder.ts';
import { badInput, notQueryable, providerFailure } from '../errors.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { ForbiddenType, NO_ACCOUNT, NO_READ, NO_REFUND, NO_WRITE, NotFoundType } from './mutation-errors.ts';
import { RefundType } from '../refund/refund.ts';

const SuccessType = builder
  .objectRef<{
    readonly type: 'RefreshRefundSuccess';
    readonly refund: Refund;
    readonly changed: boolean;
  }>('RefreshRefundSuccess')
  .implement({
    description: 'The provider was asked and has answered.',
    fields: (t) => ({
      refund: t.expose('refund', { type: RefundType, description: 'The refund as it is now.' }),
      changed: t.exposeBoolean('changed', { description: 'Whether the provider told anything new.' }),
    }),
  });

const ResultType = builder.unionType('RefreshRefundResult', {
  description: 'How a `refreshRefund` ended.',
  types: [SuccessType, NotFoundType, ForbiddenType],
  resolveType: ({ type }) => type,
});

builder.mutationField('refreshRefund', (t) =>
  t.field({
    type: ResultType,
    nullable: true,
    description:
      'Asks the provider now. Needs refunds:read, too. A provider that can not answer is an error of this field, with an extensions.code PROVIDER_…. ' +
      'NotFoundError also where the provider denies a refund that only a callback told, or that it had before.',
    args: { id: t.arg.id({ required: true, description: 'The id of the refund.' }) },
    resolve: async (_root, { id }, { caller, services, signal }): Promise<typeof ResultType.$inferType> => {
      if (!caller.may('refunds:write')) return NO_WRITE;
      if (!caller.may('refunds:read')) return NO_READ;
      const named = readGlobalId(id);
      if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'id');
      const { account: key, merchantRefundId } = named.ref;
      const account = caller.sees(key) ? services.accounts.get(key) : undefined;
      if (account === undefined) return NO_ACCOUNT;
      const asked = { id: merchantRefundId, actor: caller.actor };
      return answerOf(await services.refresh(account, asked, signal), account.key);
    },
  }),
);

function answerOf(result: RefreshResult, account: string): typeof ResultType.$inferType {
  switch (result.kind) {
    case 'refreshed':
      return { type: 'RefreshRefundSuccess', refund: result.refund, changed: result.changed };
    case 'not-found':
      return NO_REFUND;
    case 'denied':
      return { type: 'NotFoundError', message: 'The provider does not know this refund.' };
    case 'not-queryable':
      throw notQueryable(account);
    case 'failed':
      throw providerFailure(result.error);
  }
}
