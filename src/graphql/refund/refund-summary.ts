/** `refundSummary`: counts and sums, grouped as asked. */
import type { SummaryRow } from '../../ledger/refund/summary.ts';
import type { SummaryKey } from '../../services/reading/summarise.ts';
import { builder } from '../builder.ts';
import { ProviderEnum, RefundStatusEnum } from '../enums.ts';
import { MerchantAccountType } from '../account/merchant-account.ts';
import { MoneyType } from '../money.ts';
import { accountOf } from './refund.ts';
import { readFilter, RefundFilterInput } from './refund-filter.ts';

const SummaryKeyEnum = builder.enumType('RefundSummaryKey', {
  description: 'What a summary can be grouped by.',
  values: {
    ACCOUNT: { description: 'A row for each account.' },
    PROVIDER: { description: 'A row for each provider.' },
    STATUS: { description: 'A row for each status.' },
    DAY: { description: 'A row for each day of `createdAt`.' },
  } satisfies Record<SummaryKey, object>,
});

const SummaryRowType = builder.objectRef<SummaryRow>('RefundSummaryRow').implement({
  description: 'One group of refunds in one currency. What was not grouped by is null.',
  fields: (t) => ({
    account: t.field({
      type: MerchantAccountType,
      nullable: true,
      description: "The group's account.",
      resolve: ({ account }, _args, context) => (account === null ? null : accountOf({ account }, context)),
    }),
    provider: t.expose('provider', { type: ProviderEnum, nullable: true, description: "The group's provider." }),
    status: t.expose('status', { type: RefundStatusEnum, nullable: true, description: "The group's status." }),
    day: t.exposeString('day', {
      nullable: true,
      description: "The day of `createdAt` in the account's own time zone, e.g. 2024-07-31.",
    }),
    count: t.exposeInt('count', { description: 'How many refunds are in the group.' }),
    amount: t.expose('amount', {
      type: MoneyType,
      description: 'The exact sum of all refunds of the group, failed ones too: group by STATUS to tell them apart.',
    }),
  }),
});

/**
 * What a summary costs in a query: a read of all refunds that the filter leaves, however few its groups are.
 */
const COST = { field: 50, multiplier: 10 };

builder.queryField('refundSummary', (t) =>
  t.field({
    type: [SummaryRowType],
    nullable: true,
    description: 'Counts and sums over the ledger: over what this server knows. Always a row for each currency.',
    args: {
      filter: t.arg({
        type: RefundFilterInput,
        description: 'Left out: every refund of the accounts that your token names.',
      }),
      groupBy: t.arg({
        type: [SummaryKeyEnum],
        required: true,
        defaultValue: [],
        description: 'Left out: one row for each currency.',
      }),
    },
    complexity: COST,
    resolve: async (_root, { filter, groupBy }, context) =>
      context.services.summarise({ ...(await readFilter(filter, context)), groupBy }),
  }),
);
