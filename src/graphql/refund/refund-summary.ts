/** `refundSummary`: counts and sums, grouped as asked. */
import type { SummaryRow } from '../../ledger/refund/summary.ts';
import type { SummaryKey } from '../../services/reading/summarise.ts';
import { builder } from '../builder.ts';
import { ProviderEnum } from '../details/details.ts';
import { AttentionReasonEnum, RefundStatusEnum } from '../enums.ts';
import { badInput } from '../errors.ts';
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
    CURRENCY: { description: 'A row for each currency: every summary has that, asked or not.' },
    ATTENTION: { description: 'A row for each reason of `attention`, and one for those that nobody need look at.' },
    DAY: { description: 'A row for each day of `createdAt`.' },
    COMPLETED_DAY: {
      description: 'A row for each day of `completedAt`, and one for those that have not ended. Not together with DAY.',
    },
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
      description:
        "The day of `createdAt`, or by COMPLETED_DAY that of `completedAt`, in the account's own time zone, e.g. 2024-07-31.",
    }),
    attention: t.expose('attention', {
      type: AttentionReasonEnum,
      nullable: true,
      description: "The group's reason of `attention`; null also of those that nobody need look at.",
    }),
    count: t.exposeInt('count', { description: 'How many refunds are in the group.' }),
    amount: t.expose('amount', {
      type: MoneyType,
      description: 'The exact sum of all refunds of the group, failed ones too: group by STATUS to tell them apart.',
    }),
    feeRefunded: t.expose('feeRefunded', {
      type: MoneyType,
      nullable: true,
      description: 'The exact sum of the fees that are known to come back; null where none is known.',
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
    resolve: async (_root, { filter, groupBy }, context) => {
      if (groupBy.includes('DAY') && groupBy.includes('COMPLETED_DAY')) {
        throw badInput('groupBy: DAY or COMPLETED_DAY, not both: a row has one day.', 'groupBy');
      }
      return context.services.summarise({ ...(await readFilter(filter, context)), groupBy });
    },
  }),
);
