/** RefundFilter and RefundOrder, read into what `services/` understands. */
import { NO_CONDITIONS, type RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { visibleAccount } from '../account/account-argument.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { OrderDirectionEnum, ProviderEnum, RefundOrderFieldEnum, RefundStatusEnum } from '../enums.ts';

const DateTimeRangeInput = builder.inputType('DateTimeRange', {
  description: 'From `gte` on, up to but without `lt`.',
  fields: (t) => ({ gte: t.field({ type: 'DateTime' }), lt: t.field({ type: 'DateTime' }) }),
});

export const RefundFilterInput = builder.inputType('RefundFilter', {
  description: 'Every member that is given must hold.',
  fields: (t) => ({
    accounts: t.idList({ description: 'Ids or keys of accounts.' }),
    providers: t.field({ type: [ProviderEnum] }),
    statuses: t.field({ type: [RefundStatusEnum] }),
    createdAt: t.field({ type: DateTimeRangeInput }),
    merchantRefundId: t.string(),
    providerRefundId: t.string(),
    merchantPaymentId: t.string(),
    providerPaymentId: t.string(),
    needsAttention: t.boolean({
      description:
        'Whether `attention` is set. Answered from the ledger, whatever `read` is; true and false together are all that it knows.',
    }),
  }),
});

export const RefundOrderInput = builder.inputType('RefundOrder', {
  fields: (t) => ({
    field: t.field({ type: RefundOrderFieldEnum, required: true, defaultValue: 'CREATED_AT' }),
    direction: t.field({ type: OrderDirectionEnum, required: true, defaultValue: 'DESC' }),
  }),
});

type FilterShape = typeof RefundFilterInput.$inferInput;

/** What a filter lets through. Accounts that do not exist for the caller are simply not in it. */
export interface FilterReading {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
}

/** Reads a filter. An empty list of accounts, providers or statuses lets nothing through, as it says. */
export function readFilter(filter: FilterShape | null | undefined, context: Context): FilterReading {
  const named = filter?.accounts?.map((id) => visibleAccount(id, context)?.key);
  const accounts = context.accounts
    .filter(({ key, provider }) => {
      const providers = filter?.providers;
      return (named === undefined || named.includes(key)) && (providers?.includes(provider) ?? true);
    })
    .map(({ key }) => key);
  return {
    accounts,
    conditions: {
      ...NO_CONDITIONS,
      statuses: filter?.statuses ?? null,
      createdFrom: filter?.createdAt?.gte ?? null,
      createdBefore: filter?.createdAt?.lt ?? null,
      merchantRefundId: filter?.merchantRefundId ?? null,
      providerRefundId: filter?.providerRefundId ?? null,
      merchantPaymentId: filter?.merchantPaymentId ?? null,
      providerPaymentId: filter?.providerPaymentId ?? null,
      needsAttention: filter?.needsAttention ?? null,
    },
  };
}
